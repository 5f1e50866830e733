package io.trivet.cli.coap;

import java.nio.file.Path;

/// Raw public keys in PEM files.
///
/// @param own this client's private key; its public half is beside it, in a file that ends with `.pub` in place of `.key`
/// @param server the one public key that the server must have
public record RawKeyFiles(Path own, Path server) {}
