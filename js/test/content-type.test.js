// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { responseMode } from '../src/content-type.js';

it('tells the mode of a response by its content type', () => {
  const expected = {
    'application/grpc-web-text': 'text',
    'application/grpc-web-text+proto': 'text',
    'Application/gRPC-Web-Text; charset=utf-8': 'text',
    'application/grpc-web': 'binary',
    'application/grpc-web+proto': 'binary',
    'application/grpc-web+proto; charset=utf-8': 'binary',
    'application/grpc': 'binary',
    'application/grpc+proto': 'binary',
    'application/grpc-web-texts': null,
    'application/grpcweb': null,
    'text/html': null,
    '': null,
  };
  for (const [type, mode] of Object.entries(expected)) {
    assert.equal(responseMode(type), mode, type);
  }
  assert.equal(responseMode(null), null);
});
