// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

/**
 * How long a test waits for what has to come. Mutation tests set it lower: there much never does.
 */
public final class Patience {
  /** In seconds; the system property {@code test.patience}, 10 by default. */
  public static final long SECONDS = Long.getLong("test.patience", 10);

  private Patience() {}
}
