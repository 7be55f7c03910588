// SPDX-License-Identifier: Apache-2.0

// What the page says, apart from the page, so that it can be tested without one. Sets the global
// chatText.
(function () {
  'use strict';

  /** The meaning of a status, by its name. */
  const MEANINGS = {
    CANCELLED: 'the push was cancelled',
    UNKNOWN: 'the server failed and did not say how',
    INVALID_ARGUMENT: 'the server did not accept the request',
    DEADLINE_EXCEEDED: 'the push took longer than it may',
    NOT_FOUND: 'there is nothing to push here',
    ALREADY_EXISTS: 'there is such a push already',
    PERMISSION_DENIED: 'you may not do this',
    RESOURCE_EXHAUSTED: 'the server is too busy, or a limit was reached',
    FAILED_PRECONDITION: 'the server is not in a state to push',
    ABORTED: 'the server gave up the push',
    OUT_OF_RANGE: 'the request asked for too much',
    UNIMPLEMENTED: 'this server has no realtime push',
    INTERNAL: 'something broke on the way or on the server',
    UNAVAILABLE: 'the server cannot be reached; is it running, and does it allow this page?',
    DATA_LOSS: 'data were lost',
    UNAUTHENTICATED: 'you have to sign in first',
  };

  /**
   * @param {{ code: number, details: string }} status
   * @param {Record<string, number>} codes
   * @returns {string}
   */
  function failureText({ code, details }, codes) {
    const name = Object.keys(codes).find((each) => codes[each] === code);
    const meaning = MEANINGS[name] || 'the push failed';
    return `${meaning} (${name || code}${details ? `: ${details}` : ''})`;
  }

  /**
   * @param {number | string} seconds since the epoch
   * @returns {{ iso: string, text: string }} text is local and has 24 hours; both are empty for a time
   *     that there is not
   */
  function timeText(seconds) {
    const time = new Date(Number(seconds) * 1000);
    if (Number.isNaN(time.getTime())) {
      return { iso: '', text: '' };
    }
    const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
    return { iso: time.toISOString(), text: parts.map((part) => String(part).padStart(2, '0')).join(':') };
  }

  /**
   * @param {string} page the address of the page
   * @returns {string} the server: the page's own, or the one that its parameter `server` names
   */
  function serverAddress(page) {
    const named = new URL(page).searchParams.get('server');
    const address = new URL(named || '.', page);
    if (!/^https?:$/.test(address.protocol)) {
      throw new Error(`"${named}" is not the address of a server: it needs http or https`);
    }
    return (address.origin + address.pathname).replace(/\/+$/, '');
  }

  globalThis.chatText = { failureText, timeText, serverAddress };
})();
