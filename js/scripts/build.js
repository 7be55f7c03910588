// SPDX-License-Identifier: Apache-2.0

// Builds the classic script that the servlet jar serves. With --check it writes nothing and fails when
// the committed file is not what the sources make.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGET = fileURLToPath(
  new URL(
    '../../grpcweb-servlet/src/main/resources/META-INF/resources/grpcweb/grpc-web-shim.js',
    import.meta.url,
  ),
);

const built = await bundle();
const text = Buffer.from(built);
console.log(`grpc-web-shim.js: ${text.length} bytes, ${gzipSync(text, { level: 9 }).length} gzipped`);

if (process.argv.includes('--check')) {
  const committed = await readFile(TARGET, 'utf8').catch(() => '');
  if (committed !== built) {
    console.error('The committed grpc-web-shim.js is not current: run "npm run build" and commit it.');
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, built);
}

async function bundle() {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/global.js'],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    charset: 'utf8',
    legalComments: 'none',
    // The first versions with private fields and methods.
    target: ['chrome84', 'edge84', 'firefox90', 'safari15'],
    banner: {
      js: '// SPDX-License-Identifier: Apache-2.0\n// grpcweb: the global grpc.web. Built from js/src by "npm run build"; do not edit.',
    },
  });
  return result.outputFiles[0].text;
}
