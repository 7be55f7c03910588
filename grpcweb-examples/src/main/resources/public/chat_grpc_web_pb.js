// SPDX-License-Identifier: Apache-2.0

// The clients of chat.ChatService, in the shape that protoc-gen-grpc-web generates. Needs the globals
// grpc.web and proto.chat, and adds to the latter.
(function () {
  'use strict';

  const { GrpcWebClientBase, MethodDescriptor, MethodType } = globalThis.grpc.web;
  const { RealtimePushRequest, RealtimePushResponse } = globalThis.proto.chat;

  const methodDescriptor_ChatService_StartRealtimePush = new MethodDescriptor(
    '/chat.ChatService/StartRealtimePush',
    MethodType.SERVER_STREAMING,
    RealtimePushRequest,
    RealtimePushResponse,
    (request) => request.serializeBinary(),
    RealtimePushResponse.deserializeBinary,
  );

  class ChatServiceClient {
    /**
     * @param {string} hostname
     * @param {object | null} [credentials] not used
     * @param {object | null} [options] of GrpcWebClientBase
     */
    constructor(hostname, credentials, options) {
      this.client_ = new GrpcWebClientBase({ format: 'text', ...options });
      this.hostname_ = hostname.replace(/\/+$/, '');
    }

    startRealtimePush(request, metadata) {
      return this.client_.serverStreaming(
        `${this.hostname_}/chat.ChatService/StartRealtimePush`,
        request,
        metadata || {},
        methodDescriptor_ChatService_StartRealtimePush,
      );
    }
  }

  /** Has the same methods, since a server stream is no promise. */
  class ChatServicePromiseClient extends ChatServiceClient {}

  Object.assign(globalThis.proto.chat, { ChatServiceClient, ChatServicePromiseClient });
})();
