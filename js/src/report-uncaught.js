// SPDX-License-Identifier: Apache-2.0

/**
 * Reports what a callback of the application threw, as the platform reports an error in an event
 * listener. The call goes on: the failure is not the server's.
 *
 * @param {unknown} error
 */
export function reportUncaught(error) {
  if (typeof reportError === 'function') {
    reportError(error);
  } else {
    setTimeout(() => {
      throw error;
    });
  }
}
