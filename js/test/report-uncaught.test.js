// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { reportUncaught } from '../src/report-uncaught.js';

it('throws outside of the call where the platform has no reportError', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bug = new Error('a bug in the page');
  reportUncaught(bug);
  assert.throws(() => t.mock.timers.tick(1), bug);
});
