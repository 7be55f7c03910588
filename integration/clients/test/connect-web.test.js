// SPDX-License-Identifier: Apache-2.0

import { openConnectWeb } from '../clients/connect-web.js';
import { contract } from '../lib/contract.js';

contract('connect-web', openConnectWeb);
