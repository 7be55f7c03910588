// SPDX-License-Identifier: Apache-2.0

import { fromBinary, toBinary } from '@bufbuild/protobuf';

import { pathOf } from './schema.js';

/**
 * Asks the server what became of a call, without the client under test.
 *
 * @returns {Promise<{ outcome: string, hadDeadline: boolean }>}
 */
export async function outcomeOf({ url, schema }, callId, waitMs = 5_000) {
  const method = schema.test.outcome;
  const response = await fetch(url + pathOf(method), {
    method: 'POST',
    headers: { 'content-type': 'application/grpc-web+proto' },
    body: frame(toBinary(method.input, schema.message('OutcomeRequest', { callId, waitMs }))),
  });
  const body = new Uint8Array(await response.arrayBuffer());
  const { outcome, hadDeadline } = fromBinary(method.output, firstPayload(body));
  const names = method.output.field.outcome.enum.value;
  return { outcome: names[outcome].localName, hadDeadline };
}

/** Waits until the server handles the call. */
export async function untilRunning(server, callId) {
  while ((await outcomeOf(server, callId, 0)).outcome === 'UNKNOWN') {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function frame(payload) {
  const bytes = new Uint8Array(5 + payload.length);
  new DataView(bytes.buffer).setUint32(1, payload.length);
  bytes.set(payload, 5);
  return bytes;
}

function firstPayload(body) {
  const length = new DataView(body.buffer).getUint32(1);
  return body.subarray(5, 5 + length);
}
