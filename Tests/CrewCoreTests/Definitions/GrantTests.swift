import ChatModel
import CrewCore
import CrewTools
import Testing

/// What a crew file can grant only with a person's consent, and what it cannot grant at all.
struct GrantTests {
    private static func crew(_ model: ModelDefinition, tools: [ToolDefinition] = []) -> Crew {
        Crew(
            name: "c",
            goal: "g",
            models: [model],
            tools: tools,
            agents: [Agent("ann", role: "r", goal: "g")],
            tasks: [CrewTask("t", summary: "d")]
        )
    }

    private static func kinds(
        _ url: String?,
        key: String? = nil,
        own: String? = nil
    ) -> [Grant.Kind] {
        crew(ModelDefinition(model: "m", baseURL: url, keyVariable: key))
            .grants(in: GrantScope(folder: "/home/one/crew", ownEndpoint: own)).map(\.kind)
    }

    @Test(
        arguments: [
            (nil, nil), (nil, "OPENAI_API_KEY"), ("https://api.openai.com/v1", "OPENAI_API_KEY"),
            ("https://api.openai.com/v1", nil), ("https://API.Groq.com/openai/v1", "GROQ_API_KEY"),
            ("https://me.openai.azure.com/openai/v1", "AZURE_OPENAI_API_KEY"),
            ("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
            ("http://127.0.0.1:8080/v1", "DATABASE_URL"), ("http://localhost:11434/v1", "X"),
            ("http://[::1]:1/v1", "X"),
            ("http://127.8.9.1/v1", nil), ("http://[0:0:0:0:0:0:0:1]/v1", "X"), ("http://[::ffff:127.0.0.1]/v1", "X"),
        ] as [(String?, String?)]
    )
    func harmless(url: String?, key: String?) {
        #expect(Self.kinds(url, key: key) == [])
    }

    @Test(
        arguments: [
            (nil, "DATABASE_URL", .variable), ("https://api.openai.com/v1", "GROQ_API_KEY", .variable),
            ("https://api.groq.com/v1", "OPENAI_API_KEY", .variable),
            ("https://api.openai.com.evil.org/v1", "OPENAI_API_KEY", .variable),
            ("https://xopenai.azure.com/v1", "AZURE_OPENAI_API_KEY", .variable),
            ("https://api.openai.com:8443/v1", "OPENAI_API_KEY", .variable),
            ("https://127.evil.org/v1", "OPENAI_API_KEY", .variable), ("https://evil.org/v1", nil, .endpoint),
            ("http://192.168.1.5:11434/v1", nil, .endpoint), ("http://api.openai.com/v1", nil, .endpoint),
            ("http://169.254.169.254/v1", nil, .localService), ("http://[fe80::1]/v1", nil, .localService),
            ("http://[fd00:ec2::254]/v1", nil, .localService),
            ("http://[::ffff:169.254.169.254]/v1", nil, .localService),
            ("http://[::ffff:a9fe:a9fe]/v1", nil, .localService),
            ("http://[2002:7f00:1::1]/v1", nil, .endpoint), ("http://[64:ff9b::7f00:1]/v1", nil, .endpoint),
            ("https://[::7f00:1]/v1", "X", .variable),
            ("http://metadata.google.internal/v1", nil, .localService),
            ("http://168.63.129.16/v1", nil, .localService),
        ] as [(String?, String?, Grant.Kind)]
    )
    func needsConsent(url: String?, key: String?, kind: Grant.Kind) throws {
        #expect(Self.kinds(url, key: key) == [kind])
        if let url {
            // What the person's environment names is the person's own word, but not where other variables go.
            let rest: [Grant.Kind] = kind == .variable && key != "OPENAI_API_KEY" ? [.variable] : []
            #expect(Self.kinds(url, key: key, own: url) == rest)
            #expect(Self.kinds(nil, key: key, own: url) == rest)
            #expect(Self.kinds(nil, key: "OPENAI_API_KEY", own: url) == [])
        }
    }

    @Test(
        arguments: [
            ("notes", false), (".", false), ("./a/b", false), ("/home/one/crew/notes", false), ("..", true),
            ("../other", true), ("/home/one/crew-other", true), ("/etc", true), ("notes/../../x", true), ("link", true),
        ]
    )
    func foldersOutsideNeedConsent(folder: String, needsConsent: Bool) {
        let tool = ToolDefinition(
            name: "n",
            builtin: "files",
            options: ["folder": .string(folder), "write": true]
        )
        let scope = GrantScope(folder: "/home/one/crew", ownEndpoint: nil) { path in
            path == "/home/one/crew/link" ? "/home/one/.ssh" : path
        }
        let grants = Self.crew(ModelDefinition(model: "m"), tools: [tool]).grants(in: scope)
        #expect(grants.map(\.kind) == (needsConsent ? [.folder] : []))
        if needsConsent { #expect(grants[0].summary.hasPrefix("reads and writes the folder /")) }
    }

    @Test func certificatesToTrustNeedConsentAndAnothersContentAnotherOne() {
        func grants(_ digest: String, own: String? = nil) -> [Grant] {
            var model = ModelDefinition(model: "m", baseURL: "https://api.openai.com/v1", keyVariable: "OPENAI_API_KEY")
            model.certificateAuthorities = "ca.pem"
            let scope = GrantScope(folder: "/home/one/crew", ownEndpoint: own, digest: { _ in digest })
            return Self.crew(model).grants(in: scope)
        }
        #expect(grants("1").map(\.kind) == [.variable, .authority])
        #expect(grants("1", own: "https://api.openai.com/v1").map(\.kind) == [.authority])
        #expect(grants("1").last?.summary.contains("/home/one/crew/ca.pem") == true)
        #expect(grants("1").last?.identity != grants("2").last?.identity)
    }

    @Test func hostsNeedConsentButThoseOfThisMachine() {
        let hosts: [JSONValue] = ["en.wikipedia.org", "127.0.0.1:8080", "http://[::1]:80", "10.0.0.5", "a.org"]
        let tool = ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": .array(hosts)])
        let grants = Self.crew(ModelDefinition(model: "m"), tools: [tool])
            .grants(in: GrantScope(folder: "/", ownEndpoint: nil))
        #expect(grants.map(\.path.last) == [.index(0), .index(3), .index(4)])
    }

    @Test func theSameGrantIsTheSameWhereverItStands() {
        func identities(_ name: String, _ variable: String) -> [String] {
            Self.crew(ModelDefinition(name: name, model: "m", baseURL: "https://a.org/v1", keyVariable: variable))
                .grants(in: GrantScope(folder: "/", ownEndpoint: nil)).map(\.identity)
        }
        #expect(identities("default", "X") == identities("other", "X"))
        #expect(identities("default", "X") != identities("default", "Y"))
    }

    @Test(
        arguments: [
            "http://2130706433/v1", "http://0x7f.1/v1", "http://0177.0.0.1/v1", "http://127.1/v1",
            "http://127.0.0.1./v1", "https://api.openai.com./v1", "http://１２７.0.0.1/v1", "http://[fe80::1%25eth0]/v1",
            "http://me:pass@a.org/v1", "http://a.org\\@b.org/v1", "http://[::1/v1", "http://[1:2]/v1", "ftp://a.org/v1",
            "http:///v1", "http://a b/v1", "https://a.org/v1#x", "http://[::1::]/v1",
        ]
    )
    func anAddressInDisguiseIsRefused(url: String) throws {
        let problems = Self.crew(ModelDefinition(model: "m", baseURL: url)).problems()
        try #require(problems.count == 1, "\(problems)")
        #expect(problems[0].path == ["models", "default", "base_url"])
        #expect(!problems[0].description.contains("pass@"))
    }

    @Test func aKeyGoesInClearTextToThisMachineOnly() throws {
        func problems(_ url: String, _ key: String?) -> [CrewProblem] {
            Self.crew(ModelDefinition(model: "m", baseURL: url, keyVariable: key)).problems()
        }
        for url in ["http://10.0.0.5/v1", "http://api.openai.com/v1", "http://127.evil.org/v1"] {
            let found = problems(url, "OPENAI_API_KEY")
            try #require(found.count == 1, "\(url)")
            #expect(found[0].path == ["models", "default", "key"])
            #expect(found[0].message.contains("in clear text") && found[0].hint?.contains("use https") == true)
            #expect(problems(url, nil) == [])
        }
        for url in ["http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]/v1", "https://10.0.0.5/v1"] {
            #expect(problems(url, "OPENAI_API_KEY") == [])
        }
    }
}
