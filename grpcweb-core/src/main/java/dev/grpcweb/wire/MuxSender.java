// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.WebSocket;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to send on a socket of many calls.
 *
 * <p>Messages of the socket go first. Then calls that have something to send and credit for it take
 * turns, a DATA at a time. The socket is given no more than it takes at once, so that what comes up
 * next waits for little.
 *
 * <p>A call's own thread sends for its own call only, and only while no other call waits, for it
 * could not tell the other one of it. So a call waits while the socket is writable only until the
 * socket says so, or until the thread that got the credit is done.
 *
 * <p>Every method is called with the connection's lock held.
 */
final class MuxSender {
  /** How many messages of the socket may wait for a peer that causes them and does not read. */
  static final int MAX_WAITING = 1000;

  /** What is given to the socket at once, roughly. */
  private static final int BATCH = 16 * 1024;

  private final WebSocket socket;

  /** Messages of the socket. */
  private final ArrayDeque<byte[]> control = new ArrayDeque<>(4);

  /** Calls that may send. */
  private final ArrayDeque<MuxStream> turns = new ArrayDeque<>(4);

  /** Calls that lack nothing but the socket's credit. */
  private final ArrayDeque<MuxStream> starved = new ArrayDeque<>(4);

  /** Calls that will be told when they can write, and lack nothing of their own. */
  private final ArrayDeque<MuxStream> idle = new ArrayDeque<>(4);

  /** The socket's credit. */
  private int credit;

  MuxSender(WebSocket socket) {
    this.socket = socket;
  }

  /** Sends a message of the socket, or one that needs no turn. */
  void control(byte[] message) {
    control.add(message);
    if (socket.isWritable()) {
      sendControl();
    }
  }

  /** Returns whether the peer has caused more messages than it reads. */
  boolean isFlooded() {
    return control.size() > MAX_WAITING;
  }

  /** Gives the messages of the socket to it, be it writable or not. */
  void sendControl() {
    while (true) {
      byte[] message = control.poll();
      if (message == null) {
        return;
      }
      socket.send(message, 0, message.length);
    }
  }

  /** Called with credit for the socket; returns false if it is more than there can be. */
  boolean credit(int count) {
    if (count > Integer.MAX_VALUE - credit) {
      return false;
    }
    credit += count;
    while (!starved.isEmpty()) {
      schedule(starved.element());
    }
    return true;
  }

  /** Returns whether a write would be taken at once. */
  boolean takesNow() {
    return credit > 0 && socket.isWritable();
  }

  /** Called when a call may have got something to send, or credit: lines it up. */
  void schedule(MuxStream stream) {
    if (stream.turn != MuxStream.Turn.LINED_UP && stream.maySend(credit)) {
      // One that was starved may have got trailers, which need no credit.
      starved.remove(stream);
      stream.turn = MuxStream.Turn.LINED_UP;
      turns.add(stream);
    } else if (stream.turn == MuxStream.Turn.NONE && stream.maySend(1)) {
      stream.turn = MuxStream.Turn.STARVED;
      starved.add(stream);
    }
    noteRoom(stream);
  }

  /** Called when a call may have got room for more, and wants to know. */
  void noteRoom(MuxStream stream) {
    if (stream.room == MuxStream.Room.WANTED && stream.takesMore()) {
      stream.room = MuxStream.Room.LINED_UP;
      idle.add(stream);
    }
  }

  /** Called from a call's own thread: sends what it has, unless others wait. */
  void sendOwn(MuxStream stream) {
    schedule(stream);
    while (turns.peek() == stream && socket.isWritable()) {
      sendControl();
      takeTurn();
    }
  }

  /** Called from a thread of the socket's: sends what can be sent. */
  void sendAll() {
    while (socket.isWritable() && !(control.isEmpty() && turns.isEmpty())) {
      sendControl();
      int sent = 0;
      while (sent < BATCH && !turns.isEmpty()) {
        sent += takeTurn();
      }
    }
  }

  /** Returns the next call that is to be told that it can write, or null. */
  @Nullable MuxStream nextWithRoom() {
    while (!idle.isEmpty() && takesNow()) {
      MuxStream stream = idle.remove();
      stream.room = MuxStream.Room.WANTED;
      if (stream.takesMore()) {
        stream.room = MuxStream.Room.UNKNOWN;
        return stream;
      }
    }
    return null;
  }

  /** Called from a call's own thread: returns whether it is to be told that it can write. */
  boolean hasRoom(MuxStream stream) {
    if (stream.room != MuxStream.Room.LINED_UP || !stream.takesMore() || !takesNow()) {
      return false;
    }
    stream.room = MuxStream.Room.UNKNOWN;
    idle.remove(stream);
    return true;
  }

  /** Forgets a call. */
  void remove(MuxStream stream) {
    switch (stream.turn) {
      case LINED_UP -> turns.remove(stream);
      case STARVED -> starved.remove(stream);
      case NONE -> {}
    }
    stream.turn = MuxStream.Turn.NONE;
    if (stream.room == MuxStream.Room.LINED_UP) {
      idle.remove(stream);
    }
    stream.room = MuxStream.Room.UNKNOWN;
  }

  /** Forgets everything. */
  void clear() {
    control.clear();
    turns.clear();
    starved.clear();
    idle.clear();
  }

  /** Returns how many bytes were given to the socket. */
  private int takeTurn() {
    MuxStream stream = turns.remove();
    stream.turn = MuxStream.Turn.NONE;
    int sent = 0;
    byte[] headers = stream.takeHeaders();
    if (headers != null) {
      sent += send(headers);
    }
    byte[] data = stream.takeData(Math.min(credit, MuxWriter.MAX_DATA));
    if (data != null) {
      credit -= data.length - MuxType.HEAD_LENGTH;
      sent += send(data);
    }
    byte[] trailers = stream.takeTrailers();
    if (trailers != null) {
      sent += send(trailers);
      stream.ended();
    } else {
      schedule(stream);
    }
    return sent;
  }

  private int send(byte[] message) {
    socket.send(message, 0, message.length);
    return message.length;
  }
}
