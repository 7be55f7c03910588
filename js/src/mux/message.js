// SPDX-License-Identifier: Apache-2.0

/*
 * A message of grpcweb.mux.v1, which is one message of a WebSocket:
 *
 *   +------+----------------------+--------+
 *   | type | call id (big endian) | body   |
 *   | 1    | 4                    |        |
 *   +------+----------------------+--------+
 *
 * The specification is docs/websocket.md.
 */

/** The subprotocol's name in the handshake. */
export const SUBPROTOCOL = 'grpcweb.mux.v1';

export const HEAD_LENGTH = 5;

/** The call id of what concerns the socket. */
export const SOCKET = 0;

/** The highest call id, and the most credit that there may be. */
export const MAX_NUMBER = 0x7fffffff;

/** What is put into one DATA, so that no call waits long for another one. */
export const MAX_DATA = 16 * 1024;

/** The longest text of a RESET or GOAWAY, in bytes. */
export const MAX_TEXT = 1024;

export const MuxType = Object.freeze({
  SETTINGS: 0x00,
  HEADERS: 0x01,
  DATA: 0x02,
  HALF_CLOSE: 0x03,
  TRAILERS: 0x04,
  RESET: 0x05,
  CREDIT: 0x06,
  PING: 0x07,
  PONG: 0x08,
  GOAWAY: 0x09,
});

/**
 * What one side tells of itself.
 *
 * @typedef {object} MuxSettings
 * @property {number} callCredit bytes of DATA for each new call
 * @property {number} socketCredit bytes of DATA for all calls together
 * @property {number} maxCalls calls that may be open at once
 * @property {number} maxHeaderBlock bytes of a header block
 */

/** @type {Readonly<MuxSettings>} */
export const DEFAULT_SETTINGS = Object.freeze({
  callCredit: 65_536,
  socketCredit: 1_048_576,
  maxCalls: 100,
  maxHeaderBlock: 8_192,
});

/**
 * The names of settings on the wire.
 *
 * @type {ReadonlyMap<number, keyof MuxSettings>}
 */
export const SETTING_NAMES = new Map([
  [0x0001, 'callCredit'],
  [0x0002, 'socketCredit'],
  [0x0003, 'maxCalls'],
  [0x0004, 'maxHeaderBlock'],
]);

/** Bytes of one setting: a name of two, a value of four. */
export const SETTING_LENGTH = 6;

/** Settings that one message may have. */
export const MAX_SETTINGS = 64;
