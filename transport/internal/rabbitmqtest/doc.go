// Package rabbitmqtest has tests of khp serve with RabbitMQ behind a tcp:// route, which make
// rabbitmq installs.
package rabbitmqtest
