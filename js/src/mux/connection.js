// SPDX-License-Identifier: Apache-2.0

import { StatusCode } from '../status.js';
import { MuxCall } from './call.js';
import { ReceiveCredit, SendCredit } from './credit.js';
import { CloseCode, MuxFault, protocolError } from './fault.js';
import { Liveness } from './liveness.js';
import { DEFAULT_SETTINGS, MAX_NUMBER, SOCKET, SUBPROTOCOL } from './message.js';
import { MuxReader } from './reader.js';
import { MuxStream } from './stream.js';
import { MuxWriter } from './writer.js';

/**
 * What of a WebSocket is used.
 *
 * @typedef {object} WebSocketLike
 * @property {string} binaryType
 * @property {string} protocol
 * @property {number} bufferedAmount
 * @property {(data: Uint8Array<ArrayBuffer>) => void} send
 * @property {(code?: number, reason?: string) => void} close
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 */

/** @typedef {new (url: string, protocols: string[]) => WebSocketLike} WebSocketConstructor */

/**
 * @typedef {object} MuxOptions
 * @property {WebSocketConstructor} [WebSocket] used instead of the platform's
 * @property {number} [pingInterval] milliseconds of silence before the server is asked for a sign of
 *     life: one such interval or two; 20,000 by default
 * @property {number} [pingTimeout] milliseconds that it has to give one; 10,000 by default
 * @property {number} [maxReceiveMessageSize] in bytes, 4 MiB by default, 0 for no limit
 * @property {number} [maxQueuedSize] bytes of a call's messages that may wait to be sent, 4 MiB by
 *     default; one larger message may always
 * @property {number} [callCredit] bytes that a call may receive before they are read, 64 KiB by default
 * @property {number} [socketCredit] bytes that may be on their way for all calls, 1 MiB by default
 */

const CONNECTING = 'connecting';
const OPEN = 'open';
const GOING_AWAY = 'going away';
const CLOSED = 'closed';

const MEBIBYTE = 1024 * 1024;

/** Calls that may wait until the server has room for them. */
const MAX_WAITING_CALLS = 1_000;

/** PONGs that may stay in the socket's buffer. */
const MAX_UNREAD_PONGS = 100;

/** Browsers let a page send only codes of its own. */
const OWN_CODES = 3_000;

const NORMAL_CLOSURE = 1_000;

const ABNORMAL_CLOSURE = 1_006;

/** The longest reason that a close may give, in bytes; each character is cut to one. */
const MAX_REASON_LENGTH = 123;

/**
 * Many calls of all kinds on one WebSocket. It is opened at once; calls wait for it. When it has
 * closed, or the server goes away, calls fail as UNAVAILABLE, and another connection is to be made.
 *
 * @see docs/websocket.md
 */
export class MuxConnection {
  /** @type {Promise<{ code: number, reason: string }>} when and why the connection ended */
  closed;

  #socket;
  #options;
  #reader;
  #writer;
  #liveness;
  /** @type {typeof CONNECTING | typeof OPEN | typeof GOING_AWAY | typeof CLOSED} */
  #state = CONNECTING;
  /** Why there are no more calls. */
  #refusal = '';
  /** The server's. */
  #settings = DEFAULT_SETTINGS;
  #sendCredit = new SendCredit();
  #receiveCredit;
  #lastCall = 0;
  /** Calls that have an id. @type {Map<number, MuxStream>} */
  #calls = new Map();
  /** Calls that wait for the server's SETTINGS, or for others to end. @type {Set<MuxStream>} */
  #waiting = new Set();
  /** Calls that have bytes and their own credit to send them; the next one is first. @type {Set<MuxStream>} */
  #sendable = new Set();
  #unreadPongs = 0;
  /** @type {(end: { code: number, reason: string }) => void} */
  #tellClosed = () => {};

  /**
   * @param {string} url of the server's door; `http` and `https` stand for `ws` and `wss`
   * @param {MuxOptions} [options]
   */
  constructor(url, options = {}) {
    const { WebSocket = globalThis.WebSocket, pingInterval = 20_000, pingTimeout = 10_000 } = options;
    if (!WebSocket) {
      throw new Error('this platform has no WebSocket; pass one as the option WebSocket');
    }
    this.#options = {
      callCredit: options.callCredit ?? DEFAULT_SETTINGS.callCredit,
      socketCredit: options.socketCredit ?? DEFAULT_SETTINGS.socketCredit,
      maxHeaderBlock: DEFAULT_SETTINGS.maxHeaderBlock,
      maxReceiveMessageSize: options.maxReceiveMessageSize ?? 4 * MEBIBYTE,
      maxQueuedSize: options.maxQueuedSize ?? 4 * MEBIBYTE,
    };
    this.#receiveCredit = new ReceiveCredit(this.#options.socketCredit);
    this.closed = new Promise((resolve) => (this.#tellClosed = resolve));
    /** @type {WebSocketLike} */
    const socket = new WebSocket(url.replace(/^http/, 'ws'), [SUBPROTOCOL]);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => this.#opened());
    socket.addEventListener('message', ({ data }) => this.#receive(data));
    let failure = 'the socket was closed';
    socket.addEventListener('error', ({ message }) => (failure = message || 'the socket failed'));
    socket.addEventListener('close', ({ code, reason }) => this.#end(code, reason || failure));
    this.#socket = socket;
    this.#reader = new MuxReader('server', this.#sink());
    this.#writer = new MuxWriter((message) => this.#state === CLOSED || socket.send(message));
    this.#liveness = new Liveness(
      { interval: pingInterval, timeout: pingTimeout },
      () => this.#ping(),
      () => this.#fail(ABNORMAL_CLOSURE, `nothing was heard for ${pingTimeout} ms`),
    );
  }

  /**
   * Starts a call of any kind. Nothing is thrown: a call that cannot be made ends with a status.
   *
   * @template REQ, RESP
   * @param {import('../method-descriptor.js').MethodDescriptor<REQ, RESP>} method
   * @param {import('../metadata.js').Metadata} [metadata] its key `deadline`, in milliseconds since the
   *     epoch, ends the call
   * @param {{ signal?: AbortSignal }} [options] the signal cancels the call
   * @returns {MuxCall<REQ, RESP>}
   */
  call(method, metadata = {}, { signal } = {}) {
    const stream = new MuxStream(method.getName(), metadata, this.#options, (stream) => this.#linkOf(stream));
    this.#start(stream);
    cancelBy(signal, stream);
    return new MuxCall(stream, method);
  }

  /** Ends the connection; calls that still run are cancelled. */
  close() {
    this.#fail(NORMAL_CLOSURE, 'the connection was closed', StatusCode.CANCELLED);
  }

  /** @param {MuxStream} stream */
  #start(stream) {
    if (stream.ended) {
      return;
    }
    if (this.#state === GOING_AWAY || this.#state === CLOSED) {
      stream.fail(unavailable(this.#refusal));
    } else if (this.#waiting.size === MAX_WAITING_CALLS) {
      const details = `${MAX_WAITING_CALLS} calls wait already`;
      stream.fail({ code: StatusCode.RESOURCE_EXHAUSTED, details, metadata: {} });
    } else {
      this.#waiting.add(stream);
      this.#admit();
    }
  }

  /** Opens calls that wait, as many as there may be. */
  #admit() {
    for (const stream of this.#waiting) {
      if (this.#state !== OPEN || this.#calls.size >= this.#settings.maxCalls) {
        return;
      }
      if (this.#lastCall === MAX_NUMBER) {
        this.#refuse('the call ids of the connection are used up');
        return;
      }
      this.#waiting.delete(stream);
      if (stream.open(this.#lastCall + 1, this.#settings)) {
        this.#lastCall++;
        this.#calls.set(this.#lastCall, stream);
      }
    }
  }

  /**
   * @param {MuxStream} stream
   * @returns {import('./stream.js').MuxLink}
   */
  #linkOf(stream) {
    return {
      writer: this.#writer,
      credit: this.#sendCredit,
      sendable: () => {
        this.#sendable.add(stream);
        this.#sendData();
      },
      ended: (id) => {
        this.#calls.delete(id);
        this.#waiting.delete(stream);
        this.#sendable.delete(stream);
        this.#admit();
      },
    };
  }

  /** The calls send in turn, one DATA each: none waits for the whole of another's message. */
  #sendData() {
    for (const stream of this.#sendable) {
      if (this.#sendCredit.bytes === 0) {
        return;
      }
      this.#sendable.delete(stream);
      stream.sendSome();
      if (stream.sendable) {
        this.#sendable.add(stream);
      }
    }
  }

  #opened() {
    if (this.#socket.protocol !== SUBPROTOCOL) {
      this.#fail(CloseCode.PROTOCOL_ERROR, `the server does not speak ${SUBPROTOCOL}`);
      return;
    }
    const { callCredit, socketCredit, maxHeaderBlock } = this.#options;
    this.#writer.settings({ callCredit, socketCredit, maxHeaderBlock });
  }

  /** @param {ArrayBuffer | string} data */
  #receive(data) {
    if (this.#state === CLOSED) {
      return;
    }
    this.#liveness.heard();
    try {
      if (typeof data === 'string') {
        throw new MuxFault(CloseCode.UNSUPPORTED_DATA, 'a text message');
      }
      this.#reader.read(new Uint8Array(data));
    } catch (error) {
      if (!(error instanceof MuxFault)) {
        throw error;
      }
      this.#fail(error.closeCode, `the server sent ${error.message}`);
    }
  }

  /** @returns {import('./reader.js').MuxSink} */
  #sink() {
    return {
      settings: (settings) => {
        this.#state = OPEN;
        this.#settings = settings;
        this.#sendCredit.add(settings.socketCredit);
        this.#admit();
      },
      headers: (call, block) => this.#find(call)?.onHeaders(block),
      data: (call, bytes) => this.#data(call, bytes),
      halfClose() {},
      trailers: (call, block) => this.#find(call)?.onTrailers(block),
      reset: (call, code, text) => this.#find(call)?.onReset(code, text),
      credit: (call, bytes) => this.#credit(call, bytes),
      ping: (bytes) => this.#pong(bytes),
      pong() {},
      goAway: (lastCall, text) => this.#goAway(lastCall, text),
    };
  }

  /**
   * @param {number} call
   * @returns {MuxStream | undefined} undefined for a call that has ended
   */
  #find(call) {
    if (call > this.#lastCall) {
      throw protocolError(`something for the call ${call}, which was not opened`);
    }
    return this.#calls.get(call);
  }

  /**
   * @param {number} call
   * @param {Uint8Array} bytes
   */
  #data(call, bytes) {
    const stream = this.#find(call);
    this.#receiveCredit.receive(bytes.length);
    const given = this.#receiveCredit.giveBack(0);
    if (given > 0) {
      this.#writer.credit(SOCKET, given);
    }
    stream?.onData(bytes);
  }

  /**
   * @param {number} call
   * @param {number} bytes
   */
  #credit(call, bytes) {
    if (call === SOCKET) {
      this.#sendCredit.add(bytes);
      this.#sendData();
    } else {
      this.#find(call)?.onCredit(bytes);
    }
  }

  /** @param {Uint8Array} bytes */
  #pong(bytes) {
    this.#unreadPongs = this.#socket.bufferedAmount === 0 ? 0 : this.#unreadPongs + 1;
    if (this.#unreadPongs > MAX_UNREAD_PONGS) {
      throw new MuxFault(CloseCode.POLICY_VIOLATION, 'more PINGs than it reads PONGs');
    }
    this.#writer.pong(bytes);
  }

  #ping() {
    if (this.#state !== CONNECTING) {
      this.#writer.ping(new Uint8Array(8));
    }
  }

  /**
   * @param {number} lastCall
   * @param {string} text
   */
  #goAway(lastCall, text) {
    this.#refuse(text ? `the server goes away: ${text}` : 'the server goes away');
    for (const [id, stream] of this.#calls) {
      if (id > lastCall) {
        stream.fail(unavailable(this.#refusal));
      }
    }
  }

  /** @param {string} reason why there are no more calls */
  #refuse(reason) {
    this.#state = GOING_AWAY;
    this.#refusal = reason;
    this.#waiting.forEach((stream) => stream.fail(unavailable(reason)));
  }

  /**
   * Closes the socket, and ends the connection without waiting for that.
   *
   * @param {number} code
   * @param {string} reason
   * @param {number} [status] that calls end with
   */
  #fail(code, reason, status) {
    if (this.#state !== CLOSED) {
      this.#end(code, reason, status);
      this.#socket.close(
        code === NORMAL_CLOSURE ? code : code + OWN_CODES,
        reason.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON_LENGTH),
      );
    }
  }

  /**
   * @param {number} code
   * @param {string} reason
   * @param {number} [status]
   */
  #end(code, reason, status = StatusCode.UNAVAILABLE) {
    if (this.#state === CLOSED) {
      return;
    }
    this.#state = CLOSED;
    this.#refusal = `the connection has ended: ${reason}`;
    this.#liveness.stop();
    for (const stream of [...this.#calls.values(), ...this.#waiting]) {
      stream.fail({ code: status, details: `${reason} (${code})`, metadata: {} });
    }
    this.#tellClosed({ code, reason });
  }
}

/**
 * @param {AbortSignal | undefined} signal
 * @param {MuxStream} stream
 */
function cancelBy(signal, stream) {
  const onAbort = () => stream.cancel();
  if (signal?.aborted) {
    onAbort();
  } else if (signal) {
    signal.addEventListener('abort', onAbort, { once: true });
    stream.status.then(() => signal.removeEventListener('abort', onAbort));
  }
}

/** @param {string} details */
function unavailable(details) {
  return { code: StatusCode.UNAVAILABLE, details, metadata: {} };
}
