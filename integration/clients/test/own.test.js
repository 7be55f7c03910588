// SPDX-License-Identifier: Apache-2.0

import * as library from '../../../js/src/index.js';

import { openOfficialApi } from '../clients/official-api.js';
import { contract } from '../lib/contract.js';

// As with the official client, nothing is told of a call after its cancel().
contract('own client, text', openOfficialApi(library, 'text'), { afterCancel: undefined });
contract('own client, binary', openOfficialApi(library, 'binary'), { afterCancel: undefined });
