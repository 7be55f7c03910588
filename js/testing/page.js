// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import vm from 'node:vm';

const REPOSITORY = new URL('../../', import.meta.url);

export const SHIM = new URL(
  'grpcweb-servlet/src/main/resources/META-INF/resources/grpcweb/grpc-web-shim.js',
  REPOSITORY,
);

const PUBLIC = new URL('grpcweb-examples/src/main/resources/public/', REPOSITORY);

/** What a page's scripts find beside the language itself. */
const PLATFORM = { AbortController, Headers, TextDecoder, TextEncoder, URL, btoa, clearTimeout, fetch, setTimeout };

/**
 * Runs classic scripts as a page does, one after the other, with one global object.
 *
 * @param {(string | URL)[]} scripts names of files of the example page, or addresses
 * @param {object} [globals]
 * @returns {Promise<any>} the global object
 */
export async function loadScripts(scripts, globals = {}) {
  const context = vm.createContext({ ...PLATFORM, ...globals });
  for (const script of scripts) {
    vm.runInContext(await readFile(new URL(script, PUBLIC), 'utf8'), context);
  }
  return context;
}
