// Package dist is what make dist builds from this project: archives and a Debian package with the
// program, its manual pages, completions and a service. Its tests look at the package from outside.
package dist
