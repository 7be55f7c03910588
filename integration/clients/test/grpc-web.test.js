// SPDX-License-Identifier: Apache-2.0

import { openOfficialApi } from '../clients/official-api.js';
import { BrowserXmlHttpRequest } from '../lib/browser-xhr.js';
import { contract } from '../lib/contract.js';

globalThis.XMLHttpRequest = BrowserXmlHttpRequest;
const { default: library } = await import('grpc-web');

// It tells nothing of a call after its cancel().
contract('grpc-web, text', openOfficialApi(library, 'text'), { afterCancel: undefined });

// In binary mode it asks XMLHttpRequest for an ArrayBuffer, which is there at the end only.
contract('grpc-web, binary', openOfficialApi(library, 'binary'), {
  afterCancel: undefined,
  messages: 'at the end',
});
