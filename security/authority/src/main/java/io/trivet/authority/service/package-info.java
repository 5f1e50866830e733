/// Handing out over HTTPS what was issued.
@org.jspecify.annotations.NullMarked
package io.trivet.authority.service;
