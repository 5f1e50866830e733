package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;

/// The encryption that keys are issued for. The authority needs of it only what stands here, so that its own tests can
/// stop it at every write without a pairing between.
interface Scheme {
  Master generate(Kind kind, Randomness randomness);

  /// @param encoded what [Master#encoded()] gave
  Parsed<Master> decode(SecretBytes encoded);

  /// The one form in which a scope is written.
  ///
  /// @param scope what a key is to be for: attributes between commas, or a policy
  /// @return invalid where the language refuses it
  Parsed<String> canonical(Kind kind, String scope);

  /// A master key. One instance serves any number of threads.
  interface Master extends AutoCloseable {
    Kind kind();

    /// 16 bytes that name the authority everywhere.
    Bytes id();

    /// What senders encrypt with.
    Bytes publicKey();

    /// A reader's key.
    ///
    /// @return invalid where the language refuses the scope
    Parsed<SecretBytes> issue(String scope, Randomness randomness);

    SecretBytes encoded();

    @Override
    void close();
  }
}
