// Package dist has the product of make dist: archives and a Debian package with the program, its
// manual pages, completions and a service. Its tests look at the package from outside.
package dist
