// SPDX-License-Identifier: Apache-2.0

import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';

export { base64Decode, base64Encode };

/** Metadata as JSON can hold it. */
export function packed(metadata = {}) {
  return mapped(metadata, (value) =>
    typeof value === 'string' ? value : { bytes: base64Encode(Uint8Array.from(value)) });
}

/** The metadata again. */
export function unpacked(metadata) {
  return mapped(metadata, (value) => typeof value === 'string' ? value : base64Decode(value.bytes));
}

function mapped(metadata, change) {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, change(value)]));
}
