// SPDX-License-Identifier: Apache-2.0

import { chromium } from 'playwright-core';

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The push chat's page, by the ids that it promises. */
export class PushPage {
  /** What the console and uncaught errors said. */
  errors = [];

  #page;

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {string} address
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async open(browser, address, options = {}) {
    const page = new PushPage(await browser.newPage(options));
    await page.#page.goto(address);
    return page;
  }

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.#page = page;
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.errors.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  async start(mode = 'text') {
    await this.#page.selectOption('#mode', mode);
    await this.#page.click('#start');
  }

  stop() {
    return this.#page.click('#stop');
  }

  clear() {
    return this.#page.click('#clear');
  }

  /** Waits until the status has this state, and returns its text. */
  async status(state) {
    await this.#page.waitForSelector(`#status[data-state=${state}]`);
    return this.#page.textContent('#status');
  }

  /** Waits until there are this many messages. */
  atLeast(count) {
    return this.#page.waitForFunction(
      (wanted) => document.querySelectorAll('#messages .message').length >= wanted, count);
  }

  async received() {
    return Number(await this.#page.textContent('#received'));
  }

  /** @returns {Promise<{ text: string, type: string, arrived: number }[]>} */
  messages() {
    return this.#page.$$eval('#messages .message', (items) => items.map((item) => ({
      text: item.querySelector('.text').textContent,
      type: item.dataset.type,
      arrived: Number(item.dataset.arrived),
    })));
  }

  /** Runs a classic script in the page. */
  addScript(content) {
    return this.#page.addScriptTag({ content });
  }

  /** Runs a function in the page. */
  evaluate(script, argument) {
    return this.#page.evaluate(script, argument);
  }

  /** By how many pixels the newest message is cut off. */
  hiddenEnd() {
    return this.#page.evaluate(() => {
      const log = document.getElementById('log').getBoundingClientRect();
      const newest = document.querySelector('#messages .message:last-child').getBoundingClientRect();
      return Math.max(0, newest.bottom - log.bottom);
    });
  }

  /** By how many pixels the page is wider than its window. */
  overflow() {
    return this.#page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  screenshot(path) {
    return this.#page.screenshot({ path, animations: 'disabled' });
  }

  close() {
    return this.#page.close();
  }
}
