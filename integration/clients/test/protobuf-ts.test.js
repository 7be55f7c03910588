// SPDX-License-Identifier: Apache-2.0

import { openProtobufTs } from '../clients/protobuf-ts.js';
import { contract } from '../lib/contract.js';

/** It leaves the status message as the wire has it. */
const percentEncoded = (text) =>
  text.replace(/%|[^ -~]/gu, (character) => character === '%' ? '%25' : encodeURIComponent(character));

contract('protobuf-ts, text', openProtobufTs('text'), { statusText: percentEncoded });
contract('protobuf-ts, binary', openProtobufTs('binary'), { statusText: percentEncoded });
