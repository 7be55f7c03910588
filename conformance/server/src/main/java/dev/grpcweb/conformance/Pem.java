// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/** Reads the RSA keys and the certificates that the runner passes as PEM. */
final class Pem {
  private static final String PKCS1_BEGIN = "-----BEGIN RSA PRIVATE KEY-----";
  private static final int DER_OCTET_STRING = 0x04;
  private static final int DER_SEQUENCE = 0x30;

  /** Version 0, then the algorithm rsaEncryption without parameters. */
  private static final byte[] PKCS8_RSA_HEAD =
      HexFormat.of().parseHex("020100" + "300d06092a864886f70d0101010500");

  private Pem() {}

  /** Returns a store, without a password, of the key and its certificate. */
  static KeyStore keyStore(String certificatePem, String keyPem)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    Certificate[] chain = {certificate(certificatePem)};
    store.setKeyEntry("server", privateKey(keyPem), new char[0], chain);
    return store;
  }

  /** Returns a store that trusts this certificate and no other. */
  static KeyStore trustStore(String certificatePem) throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    store.setCertificateEntry("client", certificate(certificatePem));
    return store;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate certificate(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  /** The JDK reads PKCS#8 only; a PKCS#1 key becomes one by a wrapping that names its algorithm. */
  private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    byte[] pkcs8 = pem.contains(PKCS1_BEGIN) ? wrapPkcs1(der) : der;
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static byte[] wrapPkcs1(byte[] pkcs1) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(PKCS8_RSA_HEAD);
    content.writeBytes(der(DER_OCTET_STRING, pkcs1));
    return der(DER_SEQUENCE, content.toByteArray());
  }

  /** Encodes with a length of two bytes, in which every usual RSA key fits and which it needs. */
  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(0x82);
    out.write(content.length >> 8);
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }
}
