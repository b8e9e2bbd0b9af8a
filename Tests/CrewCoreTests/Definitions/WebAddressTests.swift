import CrewCore
import Evidence
import Testing

/// URLs that are read differently by different programs are refused; the others are written anew.
struct WebAddressTests {
    @Test(arguments: [
        ("https://en.wikipedia.org/wiki/Tide?x=1#part", "https://en.wikipedia.org:443/wiki/Tide?x=1"),
        ("HTTPS://EN.Wikipedia.ORG", "https://en.wikipedia.org:443/"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"), ("https://[::1]?q", "https://[::1]:443/?q"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example:443/"),
    ])
    func aPlainAddressIsWrittenAnew(text: String, written: String) throws {
        #expect(try WebAddress(text).text == written)
    }

    static let refused = [
        "", "en.wikipedia.org", "//en.wikipedia.org/", "ftp://en.wikipedia.org/", "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x", "dict://127.0.0.1/", "https:en.wikipedia.org", "https:/en.wikipedia.org",
        "https:\\\\en.wikipedia.org", "https://", "https:///x", "https://?x", "https://user@en.wikipedia.org/",
        "https://en.wikipedia.org@127.0.0.1/", "https://en.wikipedia.org:443@127.0.0.1/",
        "https://a:b@en.wikipedia.org/",
        "https://en.wikipedia.org\\@127.0.0.1/", "https://en.wikipedia.org%2f@127.0.0.1/",
        "https://127.0.0.1\\.wikipedia.org/", "https://127.0.0.1%00.wikipedia.org/", "https://en.wikipedia.org./",
        "https://127.0.0.1./", "https://.wikipedia.org/", "https://en..wikipedia.org/", "https://-a.org/",
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.1/",
        "http://127.0.1/", "http://0/", "http://00.0.0.0/", "http://127.0.0.256/", "http://1.2.3.4.5/",
        "http://127.0.0.0x1/", "http://a.0x1/", "http://[::1/", "http://::1/", "http://[::1%25lo]/", "http://[v1.x]/",
        "http://[]/", "http://[::1]x/", "https://a.org:/", "https://a.org:0/", "https://a.org:080/",
        "https://a.org:65536/", "https://a.org:-1/", "https://a.org:8o/", "https://a.org:1:2/", "https://a b.org/",
        "https://a.org/\n", "https://a.org/\tx", "https://a.org/\r\nHost: b", "https://a.org/\u{0}",
        "https://wikipedi\u{0430}.org/", "https://\u{FF11}27.0.0.1/", "https://127\u{3002}0\u{3002}0\u{3002}1/",
        "https://\u{2460}27.0.0.1/", "https://b\u{00FC}cher.example/", "https://a.org\u{200B}/",
        "https://a.org/" + String(repeating: "x", count: 2_048), "https://\(String(repeating: "a", count: 64)).org/",
    ]

    @Test(arguments: refused) func whatIsNotPlainIsRefused(text: String) throws {
        #expect(throws: WebAddress.Refusal.self) { try WebAddress(text) }
        try Evidence.record(.confined, "URLs that programs read differently, refused before anything is sent")
    }

    @Test(arguments: [
        ("/x", "https://a.org:443/x"), ("x", "https://a.org:443/b/x"), ("?q", "https://a.org:443/b/c?q"),
        ("//b.org/x", "https://b.org:443/x"), ("http://b.org", "http://b.org:80/"),
        ("../x:y", "https://a.org:443/b/../x:y"),
    ])
    func aRedirectIsResolved(location: String, target: String) throws {
        #expect(try WebAddress("https://a.org/b/c?d/e").resolving(location).text == target)
    }

    @Test(arguments: [
        "file:///etc/passwd", "gopher://x/", "javascript:alert(1)", "//user@b.org/", "//b.org\\@c.org", "http:b.org",
        "http://2130706433/", "x\r\ny", "ftp:x",
    ])
    func aRedirectElsewhereIsRefused(location: String) throws {
        let address = try WebAddress("https://a.org/b/c")
        #expect(throws: WebAddress.Refusal.self) { try address.resolving(location) }
    }
}
