@org.jspecify.annotations.NullMarked
package io.trivet.authority.service;
