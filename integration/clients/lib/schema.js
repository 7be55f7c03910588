// SPDX-License-Identifier: Apache-2.0

import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/**
 * The services and messages of the server, from the descriptors that it printed: no code is
 * generated for JavaScript, so none can be stale.
 */
export class Schema {
  #registry;

  /** @param {string} descriptors a FileDescriptorSet in base64 */
  constructor(descriptors) {
    this.#registry = createFileRegistry(
      fromBinary(FileDescriptorSetSchema, base64Decode(descriptors)));
    this.test = this.#registry.getService('grpcweb.test.TestService').method;
    this.unserved = this.#registry.getService('grpcweb.test.UnservedService').method;
    this.status = this.#registry.getMessage('google.rpc.Status');
  }

  /** A method by its names. */
  method(service, name) {
    return this.#registry.getService(service).methods.find((method) => method.name === name);
  }

  /** A message of the test package. */
  message(name, fields) {
    return create(this.#registry.getMessage(`grpcweb.test.${name}`), fields);
  }

  /** A google.rpc.Status, whose details are unpacked. */
  statusOf(bytes) {
    const { code, message, details } = fromBinary(this.status, bytes);
    return { code, message, details: details.map((detail) => this.#unpack(detail)) };
  }

  #unpack(any) {
    const name = any.typeUrl.replace('type.googleapis.com/', '');
    return fromBinary(this.#registry.getMessage(name), any.value);
  }
}

/** @returns {string} the path of a method, as every client appends it to its base address */
export function pathOf(method) {
  return `/${method.parent.typeName}/${method.name}`;
}
