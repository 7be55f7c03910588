// SPDX-License-Identifier: Apache-2.0

// The messages of proto/chat.proto, with the accessors that protoc generates and a codec just large
// enough for them. Sets the global proto.chat.
(function () {
  'use strict';

  const VARINT = 0;
  const FIXED64 = 1;
  const DELIMITED = 2;
  const GROUP_START = 3;
  const GROUP_END = 4;
  const FIXED32 = 5;

  /** Writes the fields of one message. As in all of proto3, a default value is not written. */
  class FieldWriter {
    #bytes = [];

    string(field, value) {
      if (value !== '') {
        const utf8 = new TextEncoder().encode(value);
        this.#tag(field, DELIMITED);
        this.#varint(BigInt(utf8.length));
        for (const byte of utf8) {
          this.#bytes.push(byte);
        }
      }
    }

    int64(field, value) {
      const integer = BigInt(value);
      if (integer !== 0n) {
        this.#tag(field, VARINT);
        this.#varint(BigInt.asUintN(64, integer));
      }
    }

    finish() {
      return Uint8Array.from(this.#bytes);
    }

    #tag(field, wireType) {
      this.#varint(BigInt((field << 3) | wireType));
    }

    #varint(value) {
      let rest = value;
      while (rest > 0x7fn) {
        this.#bytes.push(Number(rest & 0x7fn) | 0x80);
        rest >>= 7n;
      }
      this.#bytes.push(Number(rest));
    }
  }

  /** Reads the fields of one message. */
  class FieldReader {
    #bytes;
    #offset = 0;
    #wireType = VARINT;

    constructor(bytes) {
      this.#bytes = bytes;
    }

    /**
     * Hands each field that has a handler, of its wire type, to that handler and skips the others.
     *
     * @param {Record<number, { wireType: number, read(reader: FieldReader): void }>} handlers by field number
     */
    read(handlers) {
      while (this.#offset < this.#bytes.length) {
        const field = this.#tag();
        const handler = handlers[field];
        if (handler && handler.wireType === this.#wireType) {
          handler.read(this);
        } else {
          this.#skip(field);
        }
      }
    }

    string() {
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.#take(this.#length()));
    }

    /** A number where it is exact, else its decimal text. */
    int64() {
      const value = BigInt.asIntN(64, this.#varint());
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value.toString();
    }

    #tag() {
      const tag = Number(this.#varint());
      this.#wireType = tag & 7;
      const field = Math.floor(tag / 8);
      if (field === 0) {
        throw new Error('a field has the number 0');
      }
      return field;
    }

    #skip(field) {
      switch (this.#wireType) {
        case VARINT:
          this.#varint();
          break;
        case FIXED64:
          this.#take(8);
          break;
        case DELIMITED:
          this.#take(this.#length());
          break;
        case GROUP_START:
          this.#skipGroup(field);
          break;
        case FIXED32:
          this.#take(4);
          break;
        default:
          throw new Error(`field ${field} has the wire type ${this.#wireType}`);
      }
    }

    #skipGroup(group) {
      for (;;) {
        const field = this.#tag();
        if (this.#wireType !== GROUP_END) {
          this.#skip(field);
        } else if (field === group) {
          return;
        } else {
          throw new Error(`group ${group} ends as ${field}`);
        }
      }
    }

    #length() {
      return Number(this.#varint());
    }

    #varint() {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const [byte] = this.#take(1);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) {
          return BigInt.asUintN(64, value);
        }
      }
      throw new Error('a varint has more than ten bytes');
    }

    #take(length) {
      const end = this.#offset + length;
      if (end > this.#bytes.length) {
        throw new Error(`the message ends after ${this.#bytes.length} bytes, inside a field that needs ${end}`);
      }
      const bytes = this.#bytes.subarray(this.#offset, end);
      this.#offset = end;
      return bytes;
    }
  }

  const string = (set) => ({ wireType: DELIMITED, read: (reader) => set(reader.string()) });

  const int64 = (set) => ({ wireType: VARINT, read: (reader) => set(reader.int64()) });

  class RealtimePushRequest {
    #clientId = '';
    #timestamp = 0;

    getClientId() {
      return this.#clientId;
    }

    setClientId(value) {
      this.#clientId = value;
      return this;
    }

    /** Seconds since the epoch. */
    getTimestamp() {
      return this.#timestamp;
    }

    setTimestamp(value) {
      this.#timestamp = value;
      return this;
    }

    serializeBinary() {
      const writer = new FieldWriter();
      writer.string(1, this.#clientId);
      writer.int64(2, this.#timestamp);
      return writer.finish();
    }

    static deserializeBinary(bytes) {
      const message = new RealtimePushRequest();
      new FieldReader(bytes).read({
        1: string((value) => message.setClientId(value)),
        2: int64((value) => message.setTimestamp(value)),
      });
      return message;
    }

    toObject() {
      return { clientId: this.#clientId, timestamp: this.#timestamp };
    }
  }

  class RealtimePushResponse {
    #data = '';
    #timestamp = 0;
    #dataType = '';

    getData() {
      return this.#data;
    }

    setData(value) {
      this.#data = value;
      return this;
    }

    /** Seconds since the epoch. */
    getTimestamp() {
      return this.#timestamp;
    }

    setTimestamp(value) {
      this.#timestamp = value;
      return this;
    }

    getDataType() {
      return this.#dataType;
    }

    setDataType(value) {
      this.#dataType = value;
      return this;
    }

    serializeBinary() {
      const writer = new FieldWriter();
      writer.string(1, this.#data);
      writer.int64(2, this.#timestamp);
      writer.string(3, this.#dataType);
      return writer.finish();
    }

    static deserializeBinary(bytes) {
      const message = new RealtimePushResponse();
      new FieldReader(bytes).read({
        1: string((value) => message.setData(value)),
        2: int64((value) => message.setTimestamp(value)),
        3: string((value) => message.setDataType(value)),
      });
      return message;
    }

    toObject() {
      return { data: this.#data, timestamp: this.#timestamp, dataType: this.#dataType };
    }
  }

  globalThis.proto = globalThis.proto || {};
  globalThis.proto.chat = Object.assign(globalThis.proto.chat || {}, { RealtimePushRequest, RealtimePushResponse });
})();
