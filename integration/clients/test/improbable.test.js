// SPDX-License-Identifier: Apache-2.0

import improbable from '@improbable-eng/grpc-web';
import { NodeHttpTransport } from '@improbable-eng/grpc-web-node-http-transport';

import { openImprobable } from '../clients/improbable.js';
import { contract } from '../lib/contract.js';

const { grpc } = improbable;

// Its fetch transport looks for what browsers call their global object.
globalThis.self = globalThis;

// It tells nothing of a call after its close().
contract('improbable, fetch', openImprobable(() => grpc.FetchReadableStreamTransport({})), {
  afterCancel: undefined,
});
contract('improbable, node http', openImprobable(() => NodeHttpTransport()), {
  afterCancel: undefined,
});
