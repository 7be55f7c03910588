// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { formatTimeout, startTimer, timeLeft } from '../src/deadline.js';

describe('timeLeft', () => {
  it('counts from now, rounded up', () => {
    assert.equal(timeLeft('1500', 1000), 500);
    assert.equal(timeLeft('1500.2', 1000), 501);
  });

  it('is 0 in the past', () => {
    assert.equal(timeLeft('999', 1000), 0);
  });

  it('is null for what sets no deadline', () => {
    for (const text of [null, '', '0', 'soon', 'Infinity', '-5']) {
      assert.equal(timeLeft(text, 1000), null, String(text));
    }
  });
});

describe('formatTimeout', () => {
  it('never takes more than eight digits', () => {
    assert.equal(formatTimeout(1), '1m');
    assert.equal(formatTimeout(99_999_999), '99999999m');
    assert.equal(formatTimeout(100_000_000), '100000S');
    assert.equal(formatTimeout(100_000_001), '100001S');
    assert.equal(formatTimeout(99_999_999_001), '1666667M');
    assert.equal(formatTimeout(99_999_999_950), '1666667M');
    assert.equal(formatTimeout(6e12), '1666667H');
    assert.equal(formatTimeout(Number.MAX_VALUE), '99999999H');
  });
});

describe('startTimer', () => {
  it('counts delays that one timer cannot', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const action = mock.fn();
      startTimer(0x7fffffff + 10, action);
      mock.timers.tick(0x7fffffff);
      mock.timers.tick(9);
      assert.equal(action.mock.callCount(), 0);
      mock.timers.tick(1);
      assert.equal(action.mock.callCount(), 1);
    } finally {
      mock.timers.reset();
    }
  });

  it('can be stopped in any part of its delay', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const action = mock.fn();
      const stop = startTimer(0x7fffffff + 10, action);
      mock.timers.tick(0x7fffffff);
      stop();
      mock.timers.tick(20);
      assert.equal(action.mock.callCount(), 0);
    } finally {
      mock.timers.reset();
    }
  });
});
