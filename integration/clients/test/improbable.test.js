// SPDX-License-Identifier: Apache-2.0

import improbable from '@improbable-eng/grpc-web';
import { NodeHttpTransport } from '@improbable-eng/grpc-web-node-http-transport';
import { WebSocket } from 'ws';

import { openImprobable } from '../clients/improbable.js';
import { contract } from '../lib/contract.js';
import { requestStreams } from '../lib/request-streams.js';

const { grpc } = improbable;

// Its transports look for what browsers have.
globalThis.self = globalThis;
globalThis.WebSocket ??= WebSocket;

const overWebSocket = openImprobable(() => grpc.WebsocketTransport());

// It tells nothing of a call after its close().
const differences = { afterCancel: undefined };
contract('improbable, fetch', openImprobable(() => grpc.FetchReadableStreamTransport({})), differences);
contract('improbable, node http', openImprobable(() => NodeHttpTransport()), differences);
contract('improbable, WebSocket', overWebSocket, differences);

requestStreams('improbable, WebSocket', overWebSocket, { conversations: true });
