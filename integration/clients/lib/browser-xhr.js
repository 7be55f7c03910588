// SPDX-License-Identifier: Apache-2.0

import xhr2 from 'xhr2';

/**
 * XMLHttpRequest as in browsers: the text that is there can be read while more arrives. That of
 * xhr2 has none before the end.
 */
export class BrowserXmlHttpRequest extends xhr2.XMLHttpRequest {
  _onHttpResponseData(response, data) {
    if (this.responseType === '' || this.responseType === 'text') {
      this.responseText += data.toString('latin1'); // base64
    }
    super._onHttpResponseData(response, data);
    this._setReadyState(xhr2.XMLHttpRequest.LOADING);
  }
}
