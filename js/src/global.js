// SPDX-License-Identifier: Apache-2.0

// The entry of the classic script: sets the global grpc.web and leaves the rest of grpc alone.

import * as api from './api.js';

const root = /** @type {{ grpc?: { web?: object } }} */ (globalThis);

root.grpc ??= {};
root.grpc.web = { ...root.grpc.web, ...api };
