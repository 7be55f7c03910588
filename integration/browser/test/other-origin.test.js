// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { launch, PushPage } from '../lib/page.js';
import { Example, TestServer } from '../lib/servers.js';

const SERVICE = '/grpcweb.test.TestService';
const FAILED_PRECONDITION = 9;
const BYTES = Buffer.from([0x00, 0x80, 0xff]).toString('base64');

/** EchoRequest { text: "abc" }, and how the response begins. */
const ABC = [0x0a, 3, 0x61, 0x62, 0x63];

/** FailRequest { code: 9, message: "no" } */
const FAIL = [0x08, FAILED_PRECONDITION, 0x12, 2, 0x6e, 0x6f];

/**
 * What a page may read of the answer from another origin is up to the browser and to the headers
 * that it got: metadata is there only where it was exposed.
 */
describe('clients on a page of another origin', { timeout: 60_000 }, () => {
  let browser;
  let example;
  let server;
  let page;

  before(async () => {
    [browser, example, server] = await Promise.all([launch(), Example.start(), TestServer.start()]);
    page = await PushPage.open(browser, example.origin);
    const official = createRequire(import.meta.url).resolve('grpc-web');
    await page.addScript(
      `{ const exports = {}, module = { exports };\n${await readFile(official, 'utf8')}\n`
      + 'globalThis.official = module.exports; }');
  });
  after(async () => {
    await browser?.close();
    await Promise.all([example?.stop(), server?.stop()]);
  });

  for (const library of ['official', 'own']) {
    for (const format of ['text', 'binary']) {
      test(`${library} client, ${format}: metadata goes and comes`, async () => {
        const { error, response, headers, trailers } =
          await unaryCall(library, format, 'Echo', ABC, {
            'echo-text': 'one',
            'echo-bytes-bin': BYTES,
            'trail-text': 'two',
            'trail-bytes-bin': BYTES,
          });

        assert.equal(error, null);
        assert.deepEqual(response.slice(0, ABC.length), ABC);
        assert.equal(headers['echo-text'], 'one');
        assert.equal(withoutPadding(headers['echo-bytes-bin']), withoutPadding(BYTES));
        assert.equal(trailers['trail-text'], 'two');
        assert.equal(withoutPadding(trailers['trail-bytes-bin']), withoutPadding(BYTES));
      });

      test(`${library} client, ${format}: a failure comes with its details`, async () => {
        const { error } = await unaryCall(library, format, 'FailUnary', FAIL, {});

        assert.equal(error.code, FAILED_PRECONDITION);
        assert.equal(error.message, 'no');
        const details = Buffer.from(error.metadata['grpc-status-details-bin'], 'base64');
        assert.ok(details.includes(Buffer.from(FAIL)), details.toString('hex'));
      });
    }
  }

  test('the browser has nothing to complain of', () => {
    assert.deepEqual(page.errors, []);
  });

  function unaryCall(library, format, method, request, metadata) {
    return page.evaluate(
      (call) => new Promise((resolve) => {
        const { GrpcWebClientBase, MethodDescriptor } =
          call.library === 'own' ? globalThis.grpc.web : globalThis.official;
        const descriptor = new MethodDescriptor(
          call.path, 'unary', Object, Object, (bytes) => Uint8Array.from(bytes), (bytes) => [...bytes]);
        const result = { headers: {}, trailers: {}, error: null, response: null };
        const stream = new GrpcWebClientBase({ format: call.format }).rpcCall(
          call.host + call.path, call.request, call.metadata, descriptor, (error, response) => {
            result.response = response;
            if (error) {
              const { code, message, metadata } = error;
              result.error = { code, message, metadata };
              resolve(result);
            }
          });
        stream.on('metadata', (headers) => { result.headers = headers; });
        stream.on('status', (status) => { result.trailers = status.metadata; });
        stream.on('end', () => setTimeout(() => resolve(result)));
      }),
      { library, format, host: server.origin, path: `${SERVICE}/${method}`, request, metadata },
    );
  }

  function withoutPadding(text) {
    return text.replace(/=+$/, '');
  }
});
