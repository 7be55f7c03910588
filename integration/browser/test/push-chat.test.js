// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdir, stat } from 'node:fs/promises';
import { after, afterEach, before, describe, test } from 'node:test';

import { Example } from '../lib/servers.js';
import { launch, PushPage } from '../lib/page.js';

const PERIOD = 150;
const COUNT = 8;
const TYPES = ['系统状态', '用户活动', '数据更新', '通知消息', '性能指标'];
const SCREENSHOTS = 'target/screenshots';
const KEPT_SCREENSHOT = '../../docs/push-chat.png';

describe('the push chat', { timeout: 120_000 }, () => {
  let browser;
  let short;
  let endless;
  let page;
  let others = [];

  before(async () => {
    browser = await launch();
    short = await Example.start('--period-ms', `${PERIOD}`, '--count', `${COUNT}`);
    endless = await Example.start('--period-ms', `${PERIOD}`, '--count', '100000');
  });
  after(async () => {
    await browser?.close();
    await Promise.all([short?.stop(), endless?.stop()]);
  });
  afterEach(async () => {
    await page?.close();
    await Promise.all(others.map((other) => other.stop()));
    others = [];
  });

  /** Starts a server for one test. */
  async function another(...options) {
    const example = await Example.start(...options);
    others.push(example);
    return example;
  }

  for (const mode of ['text', 'binary']) {
    test(`messages arrive one by one in ${mode} mode, and the push completes`, async () => {
      page = await PushPage.open(browser, short.origin);
      await page.start(mode);
      await page.status('connected');
      await page.status('completed');

      const messages = await page.messages();
      const numbered = messages.slice(0, COUNT);
      assert.equal(messages.length, COUNT + 1);
      assert.equal(await page.received(), COUNT + 1);
      numbered.forEach(({ text, type }, index) => {
        assert.match(text, new RegExp(`^#000${index + 1} - 数值: \\d{1,3} \\| 时间: [\\d:]{8}\\.\\d{3}$`));
        assert.ok(TYPES.includes(type), type);
      });
      assert.deepEqual(
        { text: messages[COUNT].text, type: messages[COUNT].type },
        { text: '实时推送测试完成！', type: '系统消息' },
      );
      assertSpaced(messages);
      assert.deepEqual(page.errors, []);
    });

    test(`stop cancels the push on the server in ${mode} mode`, async () => {
      const other = await another('--period-ms', `${PERIOD}`);
      page = await PushPage.open(browser, other.origin);
      await page.start(mode);
      await page.atLeast(3);
      await page.stop();

      await page.status('stopped');
      const received = await page.received();
      await other.logged(/push to web-\w+ stopped after \d+ messages: cancelled/);
      assert.equal(await page.received(), received);
      assert.deepEqual(page.errors, []);
    });

    test(`a page of another origin works in ${mode} mode where the policy allows it`, async () => {
      const other = await another('--period-ms', `${PERIOD}`, '--count', '3', '--allow-origin', short.origin);
      page = await PushPage.open(browser, `${short.origin}/?server=${other.origin}`);
      await page.start(mode);
      await page.status('completed');

      assert.equal((await page.messages()).length, 4);
      assert.deepEqual(page.errors, []);
    });

    test(`a page of another origin fails in ${mode} mode where the policy denies it`, async () => {
      page = await PushPage.open(browser, `${short.origin}/?server=${endless.origin}`);
      await page.start(mode);

      assert.match(await page.status('failed'), /does it allow this page\?/);
      assert.deepEqual(await page.messages(), []);
      assert.ok(page.errors.some((text) => text.includes('CORS policy')), `${page.errors}`);
    });
  }

  test('a push can be started again after it was stopped, and the list cleared', async () => {
    page = await PushPage.open(browser, endless.origin);
    await page.start('text');
    await page.atLeast(2);
    await page.stop();
    await page.clear();
    assert.deepEqual(await page.messages(), []);
    assert.equal(await page.received(), 0);

    await page.start('binary');
    await page.atLeast(2);
    assert.match((await page.messages())[0].text, /^#0001 /);
    assert.deepEqual(page.errors, []);
  });

  test('a closed page is a cancelled push', async () => {
    const other = await another('--period-ms', `${PERIOD}`);
    const closing = await PushPage.open(browser, other.origin);
    await closing.start();
    await closing.atLeast(1);
    await closing.close();
    await other.logged(/push to web-\w+ stopped after \d+ messages: cancelled/);
  });

  test('the newest hundred messages are kept', async () => {
    const fast = await another('--period-ms', '2', '--count', '150');
    page = await PushPage.open(browser, fast.origin);
    await page.start();
    await page.status('completed');

    const messages = await page.messages();
    assert.equal(messages.length, 100);
    assert.match(messages[0].text, /^#0052 /);
    assert.equal(await page.received(), 151);
  });

  test('a failed status is told in words: a server that ends', async () => {
    const ending = await another('--period-ms', `${PERIOD}`);
    page = await PushPage.open(browser, ending.origin);
    await page.start();
    await page.atLeast(1);
    await ending.stop();

    assert.match(await page.status('failed'), /^Failed: the server cannot be reached.*\(UNAVAILABLE/);
    assert.deepEqual(page.errors, []);
  });

  test('a failed status is told in words: no such method', async () => {
    page = await PushPage.open(browser, `${short.origin}/?server=/elsewhere`);
    await page.start();

    assert.match(
      await page.status('failed'), /^Failed: this server has no realtime push \(UNIMPLEMENTED/);
  });

  test('the newest message stays in view, also when the status grows', async () => {
    page = await PushPage.open(browser, short.origin, { viewport: { width: 360, height: 560 } });
    await page.start();
    await page.status('completed');

    assert.ok(await page.hiddenEnd() < 1, `${await page.hiddenEnd()} px are hidden`);
  });

  for (const [name, viewport] of [
    ['desktop', { width: 960, height: 640 }],
    ['phone', { width: 360, height: 640 }],
  ]) {
    test(`it fits a ${name}`, async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      page = await PushPage.open(browser, endless.origin, { viewport, colorScheme: 'light' });
      assert.equal(await page.overflow(), 0);
      await page.screenshot(`${SCREENSHOTS}/${name}-idle.png`);
      await page.start();
      await page.atLeast(9);
      const shot = `${SCREENSHOTS}/${name}.png`;
      await page.screenshot(shot);

      assert.equal(await page.overflow(), 0);
      if (name === 'desktop' && process.env.UPDATE_SCREENSHOT) {
        await page.screenshot(KEPT_SCREENSHOT);
        assert.ok((await stat(KEPT_SCREENSHOT)).size <= 200_000);
      }
      assert.deepEqual(page.errors, []);
    });
  }

  /** Messages that the server kept back would come together; two late ones may on a busy machine. */
  function assertSpaced(messages) {
    const gaps = messages.slice(1).map(({ arrived }, index) => arrived - messages[index].arrived);
    const apart = gaps.filter((gap) => gap > PERIOD / 3);
    assert.ok(apart.length >= COUNT - 2, `gaps of ${gaps.map(Math.round)} ms`);
  }
});
