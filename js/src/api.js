// SPDX-License-Identifier: Apache-2.0

export { CallOptions } from './call-options.js';
export { GrpcWebClientBase } from './client-base.js';
export { MethodDescriptor, MethodDescriptor as MethodInfo, MethodType } from './method-descriptor.js';
export { Request } from './request.js';
export { RpcError } from './rpc-error.js';
export { fromHttpStatus, StatusCode, statusCodeName } from './status.js';
export { UnaryResponse } from './unary-response.js';
