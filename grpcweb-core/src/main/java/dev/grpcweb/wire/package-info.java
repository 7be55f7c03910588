// SPDX-License-Identifier: Apache-2.0
/**
 * The wire formats: bytes of an exchange to messages of a call, and back.
 *
 * <p>In: {@code Base64Reader} (text only), {@code FrameReader}, then {@code call}. Out: {@code
 * FrameWriter}, {@code Base64Writer} (text only), then {@code transport}.
 */
@NullMarked
package dev.grpcweb.wire;

import org.jspecify.annotations.NullMarked;
