// Package mqtttest has tests of transport with a broker and a client of MQTT.
package mqtttest
