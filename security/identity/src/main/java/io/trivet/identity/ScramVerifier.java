package io.trivet.identity;

import io.trivet.base.Bytes;

/// What a server keeps of a password for SCRAM-SHA-256 (RFC 5802, section 3; RFC 7677): enough to check a proof, too
/// little to make one.
public record ScramVerifier(Bytes salt, int iterations, Bytes storedKey, Bytes serverKey) {}
