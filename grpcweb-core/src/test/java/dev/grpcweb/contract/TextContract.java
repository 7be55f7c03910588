// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

/** What only a response in text must do. */
public interface TextContract extends OnBench {}
