/// Encrypting a secret for whoever has the attributes a policy asks for.
@org.jspecify.annotations.NullMarked
package io.trivet.abe;
