// SPDX-License-Identifier: Apache-2.0

import { openNice } from '../clients/nice.js';
import { contract } from '../lib/contract.js';

// It rejects a cancelled call with an AbortError, which has no status.
contract('nice-grpc-web', openNice, { afterCancel: undefined });
