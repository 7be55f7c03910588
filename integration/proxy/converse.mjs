// SPDX-License-Identifier: Apache-2.0
// A call of many messages through a proxy: the second one is sent when the first one has been
// answered. Prints the bytes of the response, and the status if it is in trailers.
// Usage: node converse.mjs http1|http2 SOCKET CONTENT_TYPE
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';

const [protocol, socketPath, contentType] = process.argv.slice(2);
const path = '/example.Greeter/Chat';
const headers = { 'content-type': contentType, te: 'trailers' };

/** A message with one letter as content, framed. */
const message = (letter) => Buffer.from(`\0\0\0\0\x03\n\x01${letter}`, 'latin1');

const session =
  protocol === 'http2' &&
  http2.connect('http://chat.example', { createConnection: () => net.connect(socketPath) });
const request = session
  ? session.request({ ':method': 'POST', ':path': path, ...headers })
  : http.request({ socketPath, path, method: 'POST', headers });

const timer = setTimeout(() => {
  console.error('not answered within 20 seconds');
  process.exit(1);
}, 20_000);

let received = '';
const readFrom = (response) => {
  response.setEncoding('latin1');
  response.on('data', (text) => {
    const first = !received.includes('Received: a');
    received += text;
    if (first && received.includes('Received: a')) {
      request.end(message('b'));
    }
  });
  response.on('end', () => {
    clearTimeout(timer);
    console.log(received);
    if (session) {
      session.close();
    }
  });
};
if (session) {
  request.on('response', () => readFrom(request));
  request.on('trailers', (trailers) => {
    received += `grpc-status: ${trailers['grpc-status']}`;
  });
} else {
  request.on('response', readFrom);
}
request.write(message('a'));
