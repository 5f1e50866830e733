/// Reads the policy file: YAML with a place for every value.
@NullMarked
package io.trivet.policy.file;

import org.jspecify.annotations.NullMarked;
