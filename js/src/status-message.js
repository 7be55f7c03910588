// SPDX-License-Identifier: Apache-2.0

const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/**
 * Decodes the percent-coded UTF-8 of a `grpc-message` field. What is no escape stays as it is and
 * broken UTF-8 becomes U+FFFD: the text that explains an error must never hide it behind another.
 *
 * @param {string} text
 * @returns {string}
 */
export function decodeStatusMessage(text) {
  return text.replace(ESCAPES, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), (hex) => parseInt(hex, 16));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  });
}
