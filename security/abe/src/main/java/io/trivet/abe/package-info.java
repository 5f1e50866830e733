/// Encrypting a secret for whoever has the attributes a policy asks for.
///
/// An authority makes a [MasterKey] once and publishes its [PublicKey]. Senders encapsulate with that
/// ([Encapsulator]); readers decapsulate with a [ReaderKey] that the authority issued to them
/// ([Decapsulator]). Under [Kind#CIPHERTEXT_POLICY] a ciphertext carries a [Policy] and a key [Attributes];
/// under [Kind#KEY_POLICY] it is the other way round. The scheme, its formats and limits are written down in
/// `docs/abe.md`.
///
/// ## What time and caches tell
/// With blst, nothing branches on or is indexed by: the master key, the random scalars of keys and
/// ciphertexts, the seed of a ciphertext and what hides it. Points computed from them go through blst, which
/// holds to the same. The comparison that decides whether a ciphertext was altered takes the same time for
/// all contents.
///
/// Not constant is what depends on policies and attributes, which are public: reading them, choosing the rows
/// to open with, the number of multiplications, whether an attribute's hash was at hand. So time tells which
/// rows a reader uses, and with that something of the attributes of its key; whether it opens at all is seen
/// from its answer.
///
/// In plain Java (where blst cannot be called, see [PublicKey#arithmetic()]) numbers are `BigInteger`: the
/// ladders take the same steps for every scalar, their steps take more or less time. Use it where nobody
/// measures.
///
/// ## What is overwritten
/// Scalars, seeds, masks, blinds, the elements of a closed key and memory lent to blst. Not: what blst leaves
/// on its stack, copies that the JDK's HMAC keeps of its keys until they are collected, and everything of
/// plain Java's.
@org.jspecify.annotations.NullMarked
package io.trivet.abe;
