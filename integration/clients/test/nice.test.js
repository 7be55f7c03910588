// SPDX-License-Identifier: Apache-2.0

import { FetchTransport, WebsocketTransport } from 'nice-grpc-web';

import { openNice } from '../clients/nice.js';
import { contract } from '../lib/contract.js';
import { requestStreams } from '../lib/request-streams.js';

const overFetch = openNice(FetchTransport());
const overWebSocket = openNice(WebsocketTransport());

// It rejects a cancelled call with an AbortError, which has no status.
contract('nice-grpc-web, fetch', overFetch, { afterCancel: undefined });
contract('nice-grpc-web, WebSocket', overWebSocket, { afterCancel: undefined });

// Its requests are streams, which `fetch` sends while the call runs.
requestStreams('nice-grpc-web, fetch', overFetch);
requestStreams('nice-grpc-web, WebSocket', overWebSocket, { conversations: true });
