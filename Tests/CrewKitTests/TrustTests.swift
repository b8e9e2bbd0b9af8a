import CrewKit
import Foundation
import Testing

/// Whose certificates are trusted, with a real TLS server whose authority nobody else knows.
struct TrustTests {
    private static let request = ChatRequest(
        model: "m",
        conversation: Conversation([.user("Hi.")]),
        maximumOutput: 50,
        timeout: 20_000
    )

    private static func ask(
        _ url: String,
        environment: [String: String] = [:],
        ca: String? = nil
    ) async throws -> String {
        let models = try OpenAIModels(environment: environment)
        let definition = ModelDefinition(model: "m", baseURL: url, certificateAuthorities: ca)
        return try await models.model(for: definition).respond(to: request, onText: nil).text
    }

    @Test func aPrivateAuthorityIsTrustedByWhoeverNamesIt() async throws {
        try await PrivateAuthority.with { authority in
            let url = authority.baseURL
            await #expect(throws: (any Error).self) { try await Self.ask(url) }
            #expect(try await Self.ask(url, ca: authority.file) == "Hello.")
            for variable in ["CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
                #expect(try await Self.ask(url, environment: [variable: authority.file]) == "Hello.", "\(variable)")
            }
            // The crew's own file wins, and so does the variable of curl's program.
            let other = authority.folder.appendingPathComponent("server.pem").path
            #expect(try await Self.ask(url, environment: ["SSL_CERT_FILE": other], ca: authority.file) == "Hello.")
            #expect(
                try await Self.ask(url, environment: ["CURL_CA_BUNDLE": authority.file, "SSL_CERT_FILE": "/nowhere"])
                    == "Hello."
            )

            let hashed = authority.folder.appendingPathComponent("hashed")
            try FileManager.default.createDirectory(at: hashed, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: authority.file,
                toPath: hashed.appendingPathComponent("authority.pem").path
            )
            let rehash = Process()
            rehash.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            rehash.arguments = ["rehash", hashed.path]
            try rehash.run()
            rehash.waitUntilExit()
            #expect(try await Self.ask(url, environment: ["SSL_CERT_DIR": hashed.path]) == "Hello.")
            // A model's own file stands in the place of all that is trusted otherwise, folders included.
            let stranger = try authority.makeStranger()
            await #expect(throws: (any Error).self) {
                try await Self.ask(url, environment: ["SSL_CERT_DIR": hashed.path], ca: stranger)
            }
        }
    }

    /// What one model trusts must not stay with a handle or a connection that another model's request gets.
    @Test func trustOfOneModelIsNotThatOfAnother() async throws {
        try await PrivateAuthority.with { authority in
            let models = try OpenAIModels(environment: [:])
            let trusting = ModelDefinition(
                model: "m",
                baseURL: authority.baseURL,
                certificateAuthorities: authority.file
            )
            let other = ModelDefinition(name: "other", model: "n", baseURL: authority.baseURL)
            for _ in 0..<2 {
                #expect(try await models.model(for: trusting).respond(to: Self.request, onText: nil).text == "Hello.")
                do {
                    _ = try await models.model(for: other).respond(to: Self.request, onText: nil)
                    Issue.record("a model was trusted by another's authority")
                } catch {
                    #expect((error as? ChatError)?.code == .untrusted)
                }
            }
        }
    }

    @Test func whatIsNoFileOfCertificatesIsSaid() throws {
        let folder = FileManager.default.temporaryDirectory.path
        func complaint(_ environment: [String: String] = [:], ca: String? = nil, url: String = "https://127.0.0.1:1/v1")
            throws -> String?
        {
            let models = try OpenAIModels(environment: environment)
            do {
                _ = try models.model(
                    for: ModelDefinition(name: "m", model: "m", baseURL: url, certificateAuthorities: ca)
                )
                return nil
            } catch {
                return error.message
            }
        }
        #expect(
            try complaint(ca: "/nowhere/ca.pem")
                == "the model \"m\" trusts the certificates of /nowhere/ca.pem, which is not there"
        )
        #expect(try complaint(ca: folder)?.hasSuffix("which is no file") == true)
        #expect(
            try complaint(["SSL_CERT_FILE": "/nowhere/ca.pem"])
                == "no certificate can be checked: SSL_CERT_FILE names /nowhere/ca.pem, which is not there"
        )
        #expect(try complaint(["CURL_CA_BUNDLE": folder])?.contains("CURL_CA_BUNDLE") == true)
        // Nothing is checked on this machine in clear text.
        #expect(try complaint(["SSL_CERT_FILE": "/nowhere/ca.pem"], url: "http://127.0.0.1:1/v1") == nil)
        #expect(try complaint(["SSL_CERT_FILE": ""]) == nil)
    }
}
