/// The master key and its directory, the keys issued from it, their delivery and the log.
@org.jspecify.annotations.NullMarked
package io.trivet.authority;
