// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';
import * as grpcweb from '../src/index.js';
import { SHIM } from '../testing/page.js';

/** The official package offers Node no module. */
const official = createRequire(import.meta.url)('grpc-web');

describe('the package', () => {
  it('exports what the official one does', () => {
    for (const name of Object.keys(official).filter((each) => each !== 'default')) {
      assert.equal(typeof grpcweb[name], typeof official[name], name);
      assert.equal(grpcweb.default[name], grpcweb[name]);
    }
  });

  it('has the same constants', () => {
    assert.deepEqual({ ...grpcweb.StatusCode }, { ...official.StatusCode });
    assert.deepEqual({ ...grpcweb.MethodType }, { ...official.MethodType });
  });

  it('has the methods that generated code calls', () => {
    for (const method of ['rpcCall', 'unaryCall', 'thenableCall', 'serverStreaming']) {
      assert.equal(typeof grpcweb.GrpcWebClientBase.prototype[method], 'function');
    }
    const descriptor = new grpcweb.MethodDescriptor('/a.B/C', 'unary', Object, Array, String, Number);
    assert.equal(descriptor.name, '/a.B/C');
    assert.equal(descriptor.getName(), '/a.B/C');
    assert.equal(descriptor.getMethodType(), 'unary');
    assert.equal(descriptor.getRequestMessageCtor(), Object);
    assert.equal(descriptor.getResponseMessageCtor(), Array);
    assert.equal(grpcweb.MethodInfo, grpcweb.MethodDescriptor);
  });

  it('has options of a call', () => {
    const options = new grpcweb.CallOptions({ a: 1 });
    options.setOption('b', 2);
    options.removeOption('a');
    assert.deepEqual(options.getKeys(), ['b']);
    assert.equal(options.get('b'), 2);
  });
});

describe('a bundle of generated CommonJS code', () => {
  it('can have this package in the place of the official one', async () => {
    const generated = `
      const grpc = {};
      grpc.web = require('grpc-web');
      new grpc.web.GrpcWebClientBase({ format: 'text' });
      const { MethodDescriptor, MethodType } = grpc.web;
      module.exports = new MethodDescriptor('/a.B/C', MethodType.UNARY, Object, Object, String, String);
    `;
    const { outputFiles } = await build({
      stdin: { contents: generated, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      alias: { 'grpc-web': fileURLToPath(new URL('../src/index.js', import.meta.url)) },
      bundle: true,
      write: false,
      format: 'cjs',
    });
    const context = vm.createContext({ module: {} });
    vm.runInContext(outputFiles[0].text, context);
    assert.equal(context.module.exports.getName(), '/a.B/C');
  });
});

describe('the classic script', () => {
  it('sets the global grpc.web', async () => {
    const context = vm.createContext({});
    vm.runInContext(await readFile(SHIM, 'utf8'), context);
    const names = Object.keys(context.grpc.web).sort();
    assert.deepEqual(names, Object.keys(grpcweb.default).sort());
    assert.deepEqual({ ...context.grpc.web.StatusCode }, { ...grpcweb.StatusCode });
  });

  it('leaves alone what is in the global grpc', async () => {
    const other = {};
    const context = vm.createContext({ grpc: { other, web: { more: other } } });
    const { grpc } = context;
    vm.runInContext(await readFile(SHIM, 'utf8'), context);
    assert.equal(context.grpc, grpc);
    assert.equal(grpc.other, other);
    assert.equal(grpc.web.more, other);
    assert.equal(typeof grpc.web.GrpcWebClientBase, 'function');
  });
});
