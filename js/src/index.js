// SPDX-License-Identifier: Apache-2.0

export * from './api.js';
export * as default from './api.js';
export { MuxConnection } from './mux/connection.js';
