//! `reeve serve`: opens everything, serves until it is told to stop, and lets what is in progress finish.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::map_request;
use metrics_exporter_prometheus::PrometheusBuilder;
use reeve_base::clock::SystemClock;
use reeve_base::dns::NoResolver;
use reeve_base::random::OsRandom;
use reeve_base::{KeyServices, Resolver, ZoneHosts};
use reeve_dns::{DnsResolver, ZoneSystems};
use reeve_domain::{Deployment, Outside, jobs};
use reeve_door_aws::AwsOptions;
use reeve_door_rest::RestOptions;
use reeve_kms::KeyKeepers;
use reeve_net::{
    HttpLimits, HttpOutbound, Listener, LocalListener, Peer, Setting, TrustedProxies, bind_tcp, http_tls_config,
    serve_http,
};
use reeve_store::Engine;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::outcome::Failure;
use crate::{logging, probes, setup};

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(config: &Config) -> Result<(), Failure> {
    logging::start(config)?;
    // The process has one TLS library; a second call could only name the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = DataFolder::hold(&config.data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
    // Listening comes first: passkeys are bound to the port, which the system may choose.
    let (listener, http) = runtime.block_on(listen(config))?;
    let outbound = HttpOutbound::with_system_roots(config.outbound_allowed.clone()).map_err(Failure::refused)?;
    let outside = Outside {
        outbound: Arc::new(outbound),
        resolver: resolver(config),
        zone_hosts: zone_hosts(config),
        key_services: key_services(config)?,
    };
    let deployment = runtime.block_on(setup::open(config, http.port(), outside))?;
    let served = runtime.block_on(serve(config, &folder, &deployment, (listener, http)));
    drop(runtime);
    // Closing drains the writer; others who hold the store are gone with the runtime.
    deployment.store().clone().close();
    served
}

/// What asks the systems that keep keys, and loads the libraries that are configured.
fn key_services(config: &Config) -> Result<Arc<dyn KeyServices>, Failure> {
    let keepers = KeyKeepers::new(config.outbound_allowed.clone(), config.pkcs11_modules.clone());
    keepers.map(Into::into).map_err(Failure::refused)
}

/// What asks the systems that host zones: where an administrator of an account says they are, within bounds.
fn zone_hosts(config: &Config) -> Arc<dyn ZoneHosts> {
    Arc::new(ZoneSystems::new(config.outbound_allowed.clone(), Arc::new(SystemClock), Arc::new(OsRandom)))
}

/// The resolvers that are configured, or the system's. Without any the server still serves: domains say that nobody
/// could be asked.
fn resolver(config: &Config) -> Arc<dyn Resolver> {
    let made = if config.resolvers.is_empty() {
        DnsResolver::of_the_system(config.dns_timeout)
    } else {
        DnsResolver::new(&config.resolvers, config.dns_timeout)
    };
    match made {
        Ok(resolver) => Arc::new(resolver),
        Err(why) => {
            tracing::error!(error = %why, "there is no resolver; name one by dns.resolvers");
            Arc::new(NoResolver)
        }
    }
}

async fn serve(
    config: &Config,
    folder: &DataFolder,
    deployment: &Arc<Deployment>,
    (listener, http): (Listener, SocketAddr),
) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    watch_signals(stop)?;
    let local = LocalListener::bind(&config.socket()).map_err(Failure::refused)?;
    if deployment.store().engine() == Engine::Sqlite {
        // The data folder is ours alone, so whoever held a lease is gone.
        jobs::release_leases(deployment).await.map_err(Failure::refused)?;
    }
    let router = router(config, deployment, http)?;
    let worker = tokio::spawn(reeve_worker::run(Arc::clone(deployment), stopped.clone()));
    let doors = [("http", listener), ("local", Listener::Local(local))].map(|(name, listener)| {
        let mut stopped = stopped.clone();
        let stop = async move {
            // An error means that the sender is gone, which is a stop as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        tokio::spawn(serve_http(name, listener, HttpLimits::default(), stop, router.clone()))
    });
    folder.say_listening(http)?;
    announce(config, deployment, &http.to_string());
    for door in doors {
        let drained = door.await.map_err(|why| Failure::refused(format!("a listener ended badly: {why}")))?;
        if drained.cut > 0 {
            tracing::warn!(connections = drained.cut, "some requests did not finish in time");
        }
    }
    worker.await.map_err(|why| Failure::refused(format!("the worker ended badly: {why}")))
}

async fn listen(config: &Config) -> Result<(Listener, SocketAddr), Failure> {
    let setting = Setting { key: "http.listen", variable: "REEVE_HTTP_LISTEN" };
    let tcp = bind_tcp(config.http_listen, setting).await.map_err(Failure::refused)?;
    let listener = match &config.tls {
        None => Listener::Tcp(tcp),
        Some((certificate, key)) => Listener::Tls(tcp, http_tls_config(certificate, key).map_err(Failure::usage)?),
    };
    let http = listener.address();
    Ok((listener, http.ok_or_else(|| Failure::refused("the system does not say where the HTTP port listens"))?))
}

fn router(config: &Config, deployment: &Arc<Deployment>, listens: SocketAddr) -> Result<axum::Router, Failure> {
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|why| Failure::refused(format!("could not start metrics: {why}")))?;
    let options = RestOptions {
        public_origins: vec![config.origin(listens)],
        requests_per_second: config.requests_per_second,
        sign_ins_per_second: config.sign_ins_per_second,
        ..RestOptions::default()
    };
    let aws = AwsOptions { requests_per_second: config.requests_per_second, ..AwsOptions::default() };
    let probes = probes::Probes { deployment: Arc::clone(deployment), metrics, metrics_to_all: config.metrics_to_all };
    let proxies = Arc::new(TrustedProxies::new(config.trusted_proxies.clone()));
    // Outermost, so that nothing behind it takes a proxy for the client.
    let told_apart = map_request(move |request| {
        let proxies = Arc::clone(&proxies);
        async move { behind_proxies(&proxies, request) }
    });
    let doors = reeve_door_rest::router(Arc::clone(deployment), options)
        .merge(reeve_door_aws::router(Arc::clone(deployment), aws))
        .merge(probes::router(probes));
    Ok(doors.layer(told_apart))
}

/// Puts the client in the place of the proxy through which it asks.
fn behind_proxies(proxies: &TrustedProxies, mut request: Request) -> Request {
    if let Some(peer) = request.extensions().get::<Peer>().copied() {
        let client = proxies.client(peer, request.headers());
        request.extensions_mut().insert(client);
    }
    request
}

/// Says on standard output what listens where.
fn announce(config: &Config, deployment: &Arc<Deployment>, http: &str) {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let mut out = std::io::stdout().lock();
    // Nobody may be reading; that is no reason to stop.
    let _ = writeln!(
        out,
        "reeve {} on {}\n  REST   {scheme}://{http}/api/v1\n  AWS    {scheme}://{http}/\n  local  {}",
        env!("CARGO_PKG_VERSION"),
        deployment.store().engine(),
        config.socket().display(),
    )
    .and_then(|()| out.flush());
    if config.tls.is_none() && !config.http_listen.ip().is_loopback() {
        tracing::warn!(
            "http.listen is open to other machines without TLS; set http.tls_certificate and http.tls_key, or put a \
             TLS proxy in front"
        );
    }
    tracing::info!(http, engine = %deployment.store().engine(), "ready");
}

/// Turns the first SIGINT or SIGTERM into a stop; a second one ends the process at once.
fn watch_signals(stop: watch::Sender<bool>) -> Result<(), Failure> {
    let failed = |why: std::io::Error| Failure::refused(format!("could not listen for signals: {why}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    tokio::spawn(async move {
        for told_before in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if told_before {
                tracing::warn!("told to stop twice; stopping at once");
                std::process::exit(1);
            }
            tracing::info!("stopping; what is in progress may finish");
            // Nobody is listening when everything has ended already.
            let _ = stop.send(true);
        }
    });
    Ok(())
}
