# For RouterOS 7.15 or later. On a new device, with the hotspot allowed (/system device-mode print), upload this file
# and the folder hotspot, then: /system reset-configuration no-defaults=yes keep-users=yes run-after-reset=access-point.rsc
:delay 10s
/system identity set name="garbow-rynek-1"
/system note set note="Rynek w Garbowie, przy \"Zgodzie\"" show-at-login=yes
/system clock set time-zone-autodetect=no time-zone-name=Europe/Warsaw
/system ntp client set enabled=yes servers=tempus1.gum.gov.pl,tempus2.gum.gov.pl,0.pl.pool.ntp.org
/interface bridge add name=hotspot protocol-mode=rstp
/ip dhcp-client add interface="eth0" use-peer-dns=yes use-peer-ntp=no add-default-route=yes
/ip address add address=10.20.4.1/22 interface=hotspot
/ip pool add name=hotspot ranges=10.20.4.10-10.20.7.254
/ip dhcp-server network add address=10.20.4.0/22 gateway=10.20.4.1 dns-server=10.20.4.1
/ip dhcp-server add name=hotspot interface=hotspot address-pool=hotspot lease-time=1h disabled=no
/ip dns set allow-remote-requests=yes
/interface wifi set [ find default-name="wifi1" ] configuration.mode=ap configuration.country="Poland" configuration.ssid="Powiat Lubelski" configuration.antenna-gain=5 configuration.tx-power=15 channel.band=2ghz-n channel.frequency=2437 channel.width=20mhz security.authentication-types="" datapath.bridge=hotspot datapath.bridge-horizon=1 datapath.client-isolation=yes disabled=no
/interface wifi set [ find default-name="wifi2" ] configuration.mode=ap configuration.country="Poland" configuration.ssid="Powiat Lubelski" configuration.antenna-gain=8 configuration.tx-power=19 channel.band=5ghz-ax channel.frequency=5500 channel.width=20/40mhz security.authentication-types="" datapath.bridge=hotspot datapath.bridge-horizon=1 datapath.client-isolation=yes disabled=no
/ip firewall address-list add list=radius address=10.0.0.5
/ip firewall address-list add list=management address=10.0.0.5/32
/ip firewall address-list add list=management address=10.0.0.0/24
/ip firewall address-list add list=private address=10.0.0.0/8
/ip firewall address-list add list=private address=172.16.0.0/12
/ip firewall address-list add list=private address=192.168.0.0/16
/ip firewall address-list add list=private address=169.254.0.0/16
/ip firewall address-list add list=private address=100.64.0.0/10
/ip firewall nat add chain=srcnat action=masquerade out-interface="eth0"
/ip firewall filter add chain=input action=accept connection-state=established,related,untracked
/ip firewall filter add chain=input action=drop connection-state=invalid
/ip firewall filter add chain=input action=accept protocol=icmp
/ip firewall filter add chain=input action=accept protocol=udp dst-port=3799 src-address-list=radius
/ip firewall filter add chain=input action=accept protocol=tcp dst-port=22,8291 src-address-list=management
/ip firewall filter add chain=input action=accept protocol=udp dst-port=53,67 in-interface=hotspot
/ip firewall filter add chain=input action=accept protocol=tcp dst-port=53 in-interface=hotspot
/ip firewall filter add chain=input action=drop in-interface=hotspot
/ip firewall filter add chain=input action=drop in-interface="eth0"
/ip firewall filter add chain=forward action=accept connection-state=established,related,untracked
/ip firewall filter add chain=forward action=drop connection-state=invalid
/ip firewall filter add chain=forward action=accept in-interface=hotspot dst-address=10.0.0.5
/ip firewall filter add chain=forward action=accept in-interface=hotspot protocol=tcp dst-port=8080 dst-address-list=radius
/ip firewall filter add chain=forward action=drop in-interface=hotspot dst-address-list=private
/ip firewall filter add chain=forward action=drop in-interface="eth0"
/ip service set [ find name=telnet ] disabled=yes
/ip service set [ find name=ftp ] disabled=yes
/ip service set [ find name=api ] disabled=yes
/ip hotspot profile add name=hotspot hotspot-address=10.20.4.1 html-directory=hotspot login-by=http-chap mac-auth-mode=mac-as-username-and-password use-radius=yes radius-accounting=yes radius-interim-update=received radius-mac-format=XX:XX:XX:XX:XX:XX nas-port-type=wireless-802.11
/ip hotspot user profile set [ find default=yes ] add-mac-cookie=no shared-users=unlimited keepalive-timeout=2m
/ip hotspot add name=hotspot interface=hotspot profile=hotspot address-pool=none addresses-per-mac=2 disabled=no
/ip hotspot walled-garden ip add action=accept dst-address=10.0.0.5
/radius add service=hotspot address=10.0.0.5 authentication-port=21812 accounting-port=21813 secret="not a real RADIUS secret: 'q' \\ \$x" timeout=3s require-message-auth=yes-for-request-resp
/radius incoming set accept=yes port=3799
